// SPDX-License-Identifier: Apache-2.0
// The entries as files of one root-only directory. The file's name says its state – `<id>.lzv` is complete, `<id>.kept.lzv`
// is the copy of an original that still exists – so a change of state is one atomic rename and no index can disagree with it.
// Entries never change once they have a name, so the index in memory reads each name once. Owns the open folder until close().
import { LazaretError } from '@lazaret/core';
import type { OpenFolder } from '@lazaret/host/ports';
import type { VaultHost } from '../vault-host.ts';
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
  readonly folder: OpenFolder;
  readonly #keys: KeyRing;
  readonly #index = new Map<string, VaultItem>();
  #sizes: ReadonlyMap<string, number> = new Map();

  constructor(directory: string, files: VaultHost['files'], keys: KeyRing) {
    this.folder = files.openFolder(Buffer.from(directory));
    this.#keys = keys;
  }

  static fileName(id: string, state: HeldState): string {
    return state === 'complete' ? `${id}.lzv` : `${id}.kept.lzv`;
  }

  /** All entries, oldest first (ids begin with the time). */
  async list(): Promise<readonly VaultItem[]> {
    const names = new Set(this.#fileNames().filter((name) => FILE_NAME.test(name)));
    for (const name of this.#index.keys()) if (!names.has(name)) this.#index.delete(name);
    return await this.#items([...names]);
  }

  /** Copies of originals that could not be deleted: few, however full the vault is. */
  async listKept(): Promise<readonly VaultItem[]> {
    return await this.#items(this.#fileNames().filter((name) => FILE_NAME.exec(name)?.[2] !== undefined));
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
    const bytes = this.#sizeOf(name);
    if (bytes === null) return null;
    const item = await this.#read(name, bytes);
    this.#index.set(name, item);
    return item;
  }

  async #read(name: string, bytes: number): Promise<VaultItem> {
    const [, id = '', kept] = FILE_NAME.exec(name) ?? [];
    try {
      const entry = await openEntry(this.folder, name, this.#keys);
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
    for (const name of this.#fileNames()) {
      const size = this.#sizes.get(name) ?? this.#sizeOf(name) ?? 0;
      if (FILE_NAME.test(name)) sizes.set(name, size);
      total += size;
    }
    this.#sizes = sizes;
    return total;
  }

  /** Opens an entry in whatever state; the caller closes it. */
  async open(id: string): Promise<OpenEntry> {
    return await openEntry(this.folder, this.#nameOf(id), this.#keys);
  }

  /** The original is gone: the entry is complete. Said twice, it stays so. */
  settle(id: string): void {
    if (this.#names(id).includes(EntryStore.fileName(id, 'complete'))) return;
    const name = Buffer.from(EntryStore.fileName(id, 'complete'));
    this.folder.rename(Buffer.from(EntryStore.fileName(id, 'original-not-deleted')), { folder: this.folder, name });
    this.folder.synchronize();
  }

  remove(id: string): void {
    this.folder.unlink(Buffer.from(this.#nameOf(id)));
    this.folder.synchronize();
  }

  /** Takes away what a process left that died while it wrote (only where the file system has no unnamed files). */
  removePartials(processes: VaultHost['processes']): readonly string[] {
    const partials = this.#fileNames().filter((name) => !processes.isAlive(PARTIAL.exec(name)?.[1] ?? processes.self));
    for (const name of partials) this.folder.unlink(Buffer.from(name));
    return partials;
  }

  has(id: string): boolean {
    return this.#names(id).length > 0;
  }

  close(): void {
    this.folder.close();
  }

  #nameOf(id: string): string {
    const [name] = this.#names(id);
    if (name === undefined)
      throw new LazaretError('vault.entry_not_found', `the vault has no entry ${id}`, { where: id });
    return name;
  }

  #names(id: string): string[] {
    return HELD_STATES.map((state) => EntryStore.fileName(id, state)).filter(
      (name) => FILE_NAME.test(name) && this.folder.has(Buffer.from(name)),
    );
  }

  #fileNames(): string[] {
    return this.folder.names().map(String);
  }

  /** Null: it has gone. */
  #sizeOf(name: string): number | null {
    try {
      return this.folder.describeName(Buffer.from(name)).identity.size;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  }
}
