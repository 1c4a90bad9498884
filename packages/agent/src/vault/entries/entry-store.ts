// SPDX-License-Identifier: Apache-2.0
// The entries as files of one root-only directory. The file's name says its state – `<id>.lzv` is complete, `<id>.kept.lzv`
// is the copy of an original that still exists – so a change of state is one atomic rename and no index can disagree with it.
// Entries never change once they have a name, so the index in memory reads each name once. Owns the directory's descriptor until close().
import { closeSync, existsSync, fsyncSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LazaretError } from '@lazaret/core';
import { isProcessAlive, processIdentity } from '@lazaret/platform';
import { openDirectory, renameWithoutReplacing, unlinkAt } from '@lazaret/host';
import { openEntry, type OpenEntry } from './entry-reader.ts';
import type { KeyRing } from '../format/keys.ts';
import type { EntryMetadata } from '../format/metadata.ts';

/** What an entry that can be read may be. `original-not-deleted`: the copy is whole, and the original was still there (AC-7b). */
export const HELD_STATES = ['complete', 'original-not-deleted'] as const;
export type HeldState = (typeof HELD_STATES)[number];

/** `damaged`: cannot be read. */
export type VaultItem =
  | {
      readonly id: string;
      readonly state: HeldState;
      readonly bytes: number;
      readonly metadata: EntryMetadata;
    }
  | {
      readonly id: string;
      readonly state: 'damaged';
      readonly bytes: number;
      readonly code: string;
      readonly why: string;
    };

const FILE_NAME = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(\.kept)?\.lzv$/;
const PARTIAL = /\.lzv\.([0-9a-f-]+)\.partial$/;

export class EntryStore {
  readonly directory: string;
  readonly directoryFd: number;
  readonly #keys: KeyRing;
  readonly #index = new Map<string, VaultItem>();
  #sizes: ReadonlyMap<string, number> = new Map();

  constructor(directory: string, keys: KeyRing) {
    this.directory = directory;
    this.directoryFd = openDirectory(Buffer.from(directory));
    this.#keys = keys;
  }

  static fileName(id: string, state: HeldState): string {
    return state === 'complete' ? `${id}.lzv` : `${id}.kept.lzv`;
  }

  /** All entries, oldest first (ids begin with the time). */
  async list(): Promise<readonly VaultItem[]> {
    const names = new Set(readdirSync(this.directory).filter((name) => FILE_NAME.test(name)));
    for (const name of this.#index.keys()) if (!names.has(name)) this.#index.delete(name);
    return await this.#items([...names]);
  }

  /** Copies of originals that could not be deleted: few, however full the vault is. */
  async listKept(): Promise<readonly VaultItem[]> {
    return await this.#items(readdirSync(this.directory).filter((name) => FILE_NAME.exec(name)?.[2] !== undefined));
  }

  async #items(names: readonly string[]): Promise<readonly VaultItem[]> {
    const items: VaultItem[] = [];
    for (const name of names.toSorted()) {
      const item = this.#index.get(name) ?? (await this.#item(name));
      if (item !== null) items.push(item);
    }
    return items;
  }

  async #item(name: string): Promise<VaultItem | null> {
    const known = this.#index.get(name);
    if (known !== undefined) return known;
    const stat = statSync(join(this.directory, name), { throwIfNoEntry: false });
    if (stat === undefined) return null;
    const item = await this.#read(name, stat.size);
    this.#index.set(name, item);
    return item;
  }

  async #read(name: string, bytes: number): Promise<VaultItem> {
    const [, id = '', kept] = FILE_NAME.exec(name) ?? [];
    try {
      const entry = await openEntry(this.directoryFd, name, this.#keys);
      entry.close();
      return { id, state: kept === undefined ? 'complete' : 'original-not-deleted', bytes, metadata: entry.metadata };
    } catch (error) {
      const code = error instanceof LazaretError ? error.code : 'vault.entry_unreadable';
      return { id, state: 'damaged', bytes, code, why: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Bytes of every file in the directory, incoming ones too. Asked at each quarantine: an entry's size is asked of the disk once. */
  bytes(): number {
    const sizes = new Map<string, number>();
    let total = 0;
    for (const name of readdirSync(this.directory)) {
      const path = join(this.directory, name);
      const size = this.#sizes.get(name) ?? statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      if (FILE_NAME.test(name)) sizes.set(name, size);
      total += size;
    }
    this.#sizes = sizes;
    return total;
  }

  /** Opens an entry in whatever state; the caller closes it. */
  async open(id: string): Promise<OpenEntry> {
    return await openEntry(this.directoryFd, this.#nameOf(id), this.#keys);
  }

  /** The original is gone: the entry is complete. Said twice, it stays so. */
  settle(id: string): void {
    if (this.#names(id).includes(EntryStore.fileName(id, 'complete'))) return;
    const from = { directoryFd: this.directoryFd, name: Buffer.from(EntryStore.fileName(id, 'original-not-deleted')) };
    renameWithoutReplacing(from, {
      directoryFd: this.directoryFd,
      name: Buffer.from(EntryStore.fileName(id, 'complete')),
    });
    fsyncSync(this.directoryFd);
  }

  remove(id: string): void {
    unlinkAt({ directoryFd: this.directoryFd, name: Buffer.from(this.#nameOf(id)) });
    fsyncSync(this.directoryFd);
  }

  /** Takes away what a process left that died while it wrote (only where the file system has no unnamed files). */
  removePartials(): readonly string[] {
    const partials = readdirSync(this.directory).filter(
      (name) => !isProcessAlive(PARTIAL.exec(name)?.[1] ?? processIdentity()),
    );
    for (const name of partials) unlinkAt({ directoryFd: this.directoryFd, name: Buffer.from(name) });
    return partials;
  }

  has(id: string): boolean {
    return this.#names(id).length > 0;
  }

  close(): void {
    closeSync(this.directoryFd);
  }

  #nameOf(id: string): string {
    const [name] = this.#names(id);
    if (name === undefined)
      throw new LazaretError('vault.entry_not_found', `the vault has no entry ${id}`, { where: id });
    return name;
  }

  #names(id: string): string[] {
    return HELD_STATES.map((state) => EntryStore.fileName(id, state)).filter(
      (name) => FILE_NAME.test(name) && existsSync(join(this.directory, name)),
    );
  }
}
