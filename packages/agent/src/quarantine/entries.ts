// SPDX-License-Identifier: Apache-2.0
// The vault for people and programs: entries are named by their id or by an unambiguous part of it, and can be listed, restored and deleted (AC-8).
import type { RestoreDifference } from '@lazaret/contract';
import { z } from 'zod';
import { LazaretError, pathTextFromBytes } from '@lazaret/core';
import { pathFields } from '../scan/index.ts';
import type { Spool } from '../spool/index.ts';
import { pathOf, type HeldState, type Vault, type VaultItem, type VaultUsage } from '../vault/index.ts';

export interface QuarantineParts {
  readonly vault: Vault;
  readonly spool: Spool;
}

/** One entry, as `lazaret quarantine list --json` shows it. */
export type QuarantineEntry =
  | {
      readonly id: string;
      readonly state: HeldState;
      readonly path: string;
      readonly pathBase64?: string;
      readonly takenAt: string;
      readonly bytes: number;
      /** Null where its holes are too large for one. */
      readonly sha256: string | null;
      readonly owner: { readonly uid: number; readonly gid: number };
      /** Permission bits, octal. */
      readonly mode: string;
      /** "k of n names": of n hard links, k were known and taken. */
      readonly names: { readonly known: number; readonly of: number };
      readonly attributes: number;
      readonly threats: readonly { readonly name: string; readonly kind: string; readonly layers: readonly string[] }[];
      readonly patternRelease: string | null;
    }
  | Extract<VaultItem, { readonly state: 'damaged' }>;

export interface QuarantineList {
  readonly entries: readonly QuarantineEntry[];
  readonly usage: VaultUsage;
}

export async function listEntries({ vault }: QuarantineParts): Promise<QuarantineList> {
  return { entries: (await vault.list()).map(entryView), usage: vault.usage() };
}

/** Every path that a held file had, as text; none where the entry is damaged. */
export async function pathsOfEntry({ vault }: QuarantineParts, id: string): Promise<readonly string[]> {
  const item = await findEntry(vault, id);
  if (item.state === 'damaged') return [];
  const { metadata } = item;
  const others = metadata.links.otherPaths.map((path) => Buffer.from(path, 'base64'));
  return [pathOf(metadata), ...others].map(pathTextFromBytes);
}

export async function showEntry({ vault }: QuarantineParts, id: string): Promise<QuarantineEntry> {
  return entryView(await findEntry(vault, id));
}

export const restoreOptionsSchema = z.object({
  /** Another place (base64); absent = the old one. */
  to: z.base64().optional(),
  keepEntry: z.boolean(),
});
export type RestoreRequest = z.infer<typeof restoreOptionsSchema>;

export interface Restored {
  readonly id: string;
  readonly path: string;
  readonly pathBase64?: string;
  /** What is not as it was; empty: it is the same file again. */
  readonly differences: readonly RestoreDifference[];
  /** It became one more name of a file that still stands. */
  readonly linked: boolean;
}

export async function restoreEntry(
  parts: QuarantineParts,
  id: string,
  { to, keepEntry }: RestoreRequest,
  orderedBy: string | null = null,
): Promise<Restored> {
  const { vault, spool } = parts;
  const item = await findEntry(vault, id);
  const place = to === undefined ? {} : { path: Buffer.from(to, 'base64') };
  const { path, differences, linked } = await vault.restore(item.id, { ...place, keepEntry });
  const restored = { id: item.id, ...pathFields(path, pathTextFromBytes(path)), differences, linked };
  const told = {
    entry: item.id,
    ...pathFields(path, pathTextFromBytes(path)),
    ...orderField(orderedBy),
    ...(differences.length === 0 ? {} : { differences }),
  };
  spool.append('quarantine.restored', told, true);
  return restored;
}

function orderField(orderedBy: string | null): { readonly orderedBy?: string } {
  return orderedBy === null ? {} : { orderedBy };
}

export async function deleteEntry(
  { vault, spool }: QuarantineParts,
  id: string,
  orderedBy: string | null = null,
): Promise<{ readonly id: string }> {
  const item = await findEntry(vault, id);
  vault.delete(item.id);
  spool.append('quarantine.deleted', { entry: item.id, ...orderField(orderedBy) }, true);
  return { id: item.id };
}

async function findEntry(vault: Vault, id: string): Promise<VaultItem> {
  const found = (await vault.list()).filter((item) => item.id === id || (id.length >= 4 && item.id.endsWith(id)));
  const [item] = found;
  if (item === undefined)
    throw new LazaretError('vault.entry_not_found', `The vault has no entry ${id}.`, { where: id });
  if (found.length > 1)
    throw new LazaretError('vault.entry_ambiguous', `${found.length} entries have an id that ends with ${id}.`, {
      where: id,
    });
  return item;
}

function entryView(item: VaultItem): QuarantineEntry {
  if (item.state === 'damaged') return item;
  const { metadata } = item;
  const path = pathOf(metadata);
  return {
    id: item.id,
    state: item.state,
    ...pathFields(path, pathTextFromBytes(path)),
    takenAt: metadata.takenAt,
    bytes: metadata.size,
    sha256: metadata.sha256,
    owner: metadata.owner,
    mode: (metadata.mode & 0o7777).toString(8).padStart(4, '0'),
    names: { known: 1 + metadata.links.otherPaths.length, of: metadata.links.count },
    attributes: metadata.attributes.length,
    threats: metadata.threats,
    patternRelease: metadata.patternRelease,
  };
}
