// SPDX-License-Identifier: Apache-2.0
// Secrets at rest in the database (TOTP secrets, keys of the certificate authority, passwords of mail servers): AES-256-GCM under the key file of this
// installation. Whoever has the database without the key file, for example from a stolen dump, has none of them. It owns the key file. Several managers on one
// database share it.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LazaretError } from '@lazaret/core';

export interface Sealer {
  /** `purpose` is bound to the secret: what was sealed for one place opens in no other. */
  seal(secret: Uint8Array, purpose: string): Buffer;
  /** Throws `keys.damaged`. */
  open(sealed: Uint8Array, purpose: string): Buffer;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 1;

/** Reads the key file; makes it where there is none. */
export function openSealer(keyFile: string): Sealer {
  const key = readKey(keyFile);
  return {
    seal: (secret, purpose) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
      return Buffer.concat([Buffer.of(VERSION), nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    },
    open: (sealed, purpose) => {
      const bytes = Buffer.from(sealed);
      try {
        if (bytes[0] !== VERSION) throw new Error(`version ${bytes[0]}`);
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + NONCE_BYTES));
        decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(-TAG_BYTES));
        return Buffer.concat([decipher.update(bytes.subarray(1 + NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      } catch (cause) {
        const message = `A stored secret (${purpose}) cannot be decrypted with ${keyFile}.`;
        throw new LazaretError('keys.damaged', message, { cause });
      }
    },
  };
}

function readKey(keyFile: string): Buffer {
  if (!existsSync(keyFile)) makeKey(keyFile);
  const key = Buffer.from(readFileSync(keyFile, 'utf8').trim(), 'hex');
  if (key.length !== KEY_BYTES)
    throw new LazaretError('keys.damaged', `${keyFile} is not a key of 32 bytes in hexadecimal.`);
  return key;
}

/** A link, not a rename: of two managers that start together, the second must not replace the key of the first. */
function makeKey(keyFile: string): void {
  mkdirSync(dirname(keyFile), { recursive: true, mode: 0o700 });
  const incoming = `${keyFile}.${process.pid}.incoming`;
  writeFileSync(incoming, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(incoming, keyFile);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(incoming, { force: true });
  }
}
