// SPDX-License-Identifier: Apache-2.0
// The keys of the vault: one file each, 0600, in a root-only directory beside the vault. New entries take the newest key;
// old keys stay readable as long as their file is there. What this defends against, and what not: docs/reference/vault-format.md.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { LazaretError } from '@lazaret/core';
import type { Host, OwnFolder } from '@lazaret/host/ports';
import { ensurePrivateDirectory } from '../private-directory.ts';

export interface VaultKey {
  /** First 16 bytes of a hash of the key. */
  readonly id: Buffer;
  readonly bytes: Buffer;
}

export interface KeyRing {
  readonly current: VaultKey;
  find(id: Buffer): VaultKey;
}

const FILE_NAME = /^vault-(\d{14})-([0-9a-f]{32})\.key$/;

/** Opens the keys of a directory; makes the first where there is none. */
export function openKeyRing(
  directory: string,
  files: Host['files'],
  nowMs: number,
  random: (bytes: number) => Buffer,
): KeyRing {
  const folder = ensurePrivateDirectory(directory, files);
  if (keyFiles(folder).length === 0) addKey(folder, nowMs, random);
  const keys = keyFiles(folder).map((name) => readKey(folder, name, join(directory, name)));
  const current = keys.at(-1);
  if (current === undefined) throw new LazaretError('vault.key_missing', 'the vault has no key', { where: directory });
  return { current, find: (id) => findKey(keys, id, directory) };
}

/** Adds a key; it is the current one from the next opening on. */
export function addKey(folder: OwnFolder, nowMs: number, random: (bytes: number) => Buffer): VaultKey {
  const bytes = random(32);
  const id = keyIdOf(bytes);
  const name = `vault-${String(nowMs).padStart(14, '0')}-${id.toString('hex')}.key`;
  folder.write(name, bytes.toString('hex'));
  return { id, bytes };
}

function keyFiles(folder: OwnFolder): string[] {
  return folder
    .names()
    .filter((name) => FILE_NAME.test(name))
    .toSorted();
}

function readKey(folder: OwnFolder, name: string, where: string): VaultKey {
  const bytes = Buffer.from(folder.read(name).trim(), 'hex');
  const id = keyIdOf(bytes);
  if (bytes.length !== 32 || FILE_NAME.exec(name)?.[2] !== id.toString('hex')) {
    throw new LazaretError('vault.key_damaged', 'a key file of the vault is damaged; restore it from a backup', {
      where,
    });
  }
  return { id, bytes };
}

function findKey(keys: readonly VaultKey[], id: Buffer, where: string): VaultKey {
  const found = keys.find((key) => key.id.equals(id));
  if (found !== undefined) return found;
  throw new LazaretError('vault.key_missing', `the key ${id.toString('hex')} of this entry is missing`, { where });
}

function keyIdOf(bytes: Buffer): Buffer {
  return createHash('sha256').update('lazaret vault key 1').update(bytes).digest().subarray(0, 16);
}
