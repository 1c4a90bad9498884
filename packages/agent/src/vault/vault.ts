// SPDX-License-Identifier: Apache-2.0
// The vault (AC-8): takes copies in, keeps to its cap, lists, gives back, deletes. What an entry looks like on the disk is
// entry-*.ts and format.ts; who has to go is capacity.ts; how a file comes back is restore.ts. Owns the vault's directory.
import { join } from 'node:path';
import { LazaretError } from '@lazaret/core';
import type { FileIdentity, OpenFile, OwnFolder } from '@lazaret/host/ports';
import {
  planRoom,
  type StoredEntry,
  totalBytes,
  usageOf,
  type VaultLimits,
  type VaultUsage,
} from './entries/capacity.ts';
import { EntryStore, type VaultItem } from './entries/entry-store.ts';
import type { ContentDigest } from './entries/content-hash.ts';
import { type AcceptCopy, draftOf, SourceChanged, writeEntry } from './entries/entry-writer.ts';
import { noFaults, type Reach, type VaultPoint } from './fault-points.ts';
import { entryBytes } from './format/format.ts';
import { type KeyRing, openKeyRing } from './format/keys.ts';
import { dataBytesOf, layoutBytesOf, readLayout } from './format/layout.ts';
import { type EntryMetadata, pathOf } from './format/metadata.ts';
import { ensurePrivateDirectory } from './private-directory.ts';
import { removeLeftover } from './restore/restore-leftovers.ts';
import { type OtherNames, type RestoreOutcome, restoreEntry } from './restore/restore.ts';
import { RestoredNames } from './restore/restored-names.ts';
import { type FileKey, isSameKey, keyOfFile, type StandingFile } from './entries/standing-file.ts';
import { uuidVersion7 } from './format/uuid.ts';
import type { VaultHost } from './vault-host.ts';

export interface VaultOptions {
  readonly host: VaultHost;
  readonly directory: string;
  readonly keyDirectory: string;
  readonly limits: VaultLimits;
  readonly nowMs: () => number;
  readonly random: (bytes: number) => Buffer;
  readonly reach?: Reach<VaultPoint>;
}

/** What is known of a file that is to be taken in, but for what the vault adds itself. */
export type TakenFile = Omit<EntryMetadata, 'version' | 'id' | 'takenAt' | 'sha256' | 'storedSha256'>;

/** Nothing: the old place. */
export interface RestoreTarget {
  readonly path?: Buffer;
  readonly keepEntry?: boolean;
  readonly unnamedFiles?: boolean;
}

export interface AddedEntry {
  readonly id: string;
  readonly metadata: EntryMetadata;
  readonly usage: VaultUsage;
  /** Entries past their retention that had to go for it. */
  readonly removed: readonly string[];
}

export class Vault {
  readonly #options: VaultOptions;
  readonly #keys: KeyRing;
  readonly #store: EntryStore;
  readonly #reach: Reach<VaultPoint>;
  /** Bytes promised to copies under way, by id, so that two at once cannot share the last room. */
  readonly #promised = new Map<string, number>();
  readonly #names: RestoredNames;
  /** Of half-restored files. */
  readonly #notes: OwnFolder;
  /** Room is made for one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Names of the same file come back one after the other, so that each finds the one before. */
  readonly #restoring = new Map<string, Promise<unknown>>();

  constructor(options: VaultOptions) {
    this.#options = options;
    this.#reach = options.reach ?? noFaults;
    const { files, processes } = options.host;
    ensurePrivateDirectory(options.directory, files);
    ensurePrivateDirectory(join(options.directory, 'entries'), files);
    this.#notes = ensurePrivateDirectory(join(options.directory, 'restoring'), files);
    this.#names = new RestoredNames(ensurePrivateDirectory(join(options.directory, 'names'), files), processes);
    this.#keys = openKeyRing(options.keyDirectory, files, options.nowMs(), options.random);
    this.#store = new EntryStore(join(options.directory, 'entries'), files, this.#keys);
  }

  /** Copies a file in; the entry says `original-not-deleted` until settle(). Throws `vault.full`, SourceChanged, or what the disk says. */
  async add(
    { file, size }: { readonly file: OpenFile; readonly size: number },
    taken: TakenFile,
    accept: AcceptCopy,
  ): Promise<AddedEntry> {
    const nowMs = this.#options.nowMs();
    const id = uuidVersion7(nowMs, this.#options.random);
    const metadata = { ...taken, version: 2 as const, id, takenAt: new Date(nowMs).toISOString() };
    const source = { file, size, data: await readLayout(file, size, { bytesMax: this.#options.limits.bytesMax }) };
    const bytes = entryBytes(draftOf(source, metadata).length, layoutBytesOf(source.data), dataBytesOf(source.data));
    const turn = this.#turn.then(async () => await this.#makeRoom(id, bytes, nowMs));
    this.#turn = turn.catch(() => undefined);
    const removed = await turn;
    try {
      const target = {
        folder: this.#store.folder,
        writer: this.#options.host.processes.self,
        fileName: EntryStore.fileName(id, 'original-not-deleted'),
        key: this.#keys.current,
        salt: this.#options.random(32),
      };
      const written = await writeEntry(source, metadata, target, accept, this.#reach);
      return { id, metadata: written, usage: this.usage(), removed };
    } finally {
      this.#promised.delete(id);
    }
  }

  async #makeRoom(id: string, bytes: number, nowMs: number): Promise<readonly string[]> {
    // Most often there is room by any count, and nobody need be looked at.
    const most = this.#store.bytes() + totalBytes([...this.#promised.values()].map((promise) => ({ bytes: promise })));
    if (most + bytes <= this.#options.limits.bytesMax) {
      this.#promised.set(id, bytes);
      return [];
    }
    const entries = (await this.#store.list()).map(storedEntry);
    // A copy that has its name already is in the list; only the others are still a promise.
    const named = new Set(entries.map((entry) => entry.id));
    const promised = [...this.#promised]
      .filter(([other]) => !named.has(other))
      .map(([, promise]) => ({ bytes: promise }));
    const plan = planRoom(entries, bytes + totalBytes(promised), this.#options.limits, nowMs);
    if (!plan.fits) {
      throw new LazaretError('vault.full', `the vault is full; it needs ${plan.missingBytes} more bytes`, {
        where: this.#options.directory,
      });
    }
    for (const expired of plan.remove) this.#store.remove(expired);
    this.#promised.set(id, bytes);
    return plan.remove;
  }

  /** The original is gone. */
  settle(id: string): void {
    this.#store.settle(id);
    this.#reach('entry.settled');
  }

  delete(id: string): void {
    this.#store.remove(id);
    this.#reach('entry.removed');
  }

  async list(): Promise<readonly VaultItem[]> {
    return await this.#store.list();
  }

  async show(id: string): Promise<VaultItem> {
    const found = (await this.#store.list()).find((item) => item.id === id);
    if (found === undefined)
      throw new LazaretError('vault.entry_not_found', `the vault has no entry ${id}`, { where: id });
    return found;
  }

  /** The copy that was kept of this very file when it could not be deleted: no second one is made of the same content (AC-7b). */
  async findKept(identity: FileIdentity, digest: ContentDigest): Promise<EntryMetadata | null> {
    for (const item of await this.#store.listKept()) {
      if (
        item.state === 'original-not-deleted' &&
        item.metadata.sha256 === digest.sha256 &&
        item.metadata.storedSha256 === digest.storedSha256 &&
        isSameFile(item.metadata.file, identity)
      )
        return item.metadata;
    }
    return null;
  }

  /** Whether any copy was kept of this file, so that its hash is worth reading. */
  async mayHaveKept(identity: FileIdentity): Promise<boolean> {
    return (await this.#store.listKept()).some(
      (item) => item.state === 'original-not-deleted' && isSameFile(item.metadata.file, identity),
    );
  }

  has(id: string): boolean {
    return this.#store.has(id);
  }

  /** The content, checked chunk by chunk; ends with `vault.entry_corrupt` when it is not what was taken. */
  async *content(id: string): AsyncGenerator<Buffer, void> {
    const entry = await this.#store.open(id);
    try {
      yield* entry.content();
    } finally {
      entry.close();
    }
  }

  /** Puts the file back, at its old place or another, and takes the entry out unless it is to be kept. */
  async restore(id: string, to: RestoreTarget = {}): Promise<RestoreOutcome> {
    const item = await this.show(id);
    const held = item.state === 'damaged' ? null : keyOfFile(item.metadata.file);
    if (held === null) return await this.#restoreOne(id, held, to);
    const before = this.#restoring.get(held.handle) ?? Promise.resolve();
    const turn = before.then(async () => await this.#restoreOne(id, held, to));
    const settled = turn.catch(() => undefined);
    this.#restoring.set(held.handle, settled);
    try {
      return await turn;
    } finally {
      if (this.#restoring.get(held.handle) === settled) this.#restoring.delete(held.handle);
    }
  }

  async #restoreOne(id: string, held: FileKey | null, to: RestoreTarget): Promise<RestoreOutcome> {
    const others = held === null ? [] : await this.#otherNamesOf(id, held);
    const entry = await this.#store.open(id);
    let outcome: RestoreOutcome;
    try {
      outcome = await restoreEntry(entry, {
        path: to.path ?? pathOf(entry.metadata),
        host: this.#options.host,
        notes: this.#notes,
        reach: this.#reach,
        otherNames: this.#planNames(entry.metadata, held, others, to.path === undefined),
        unnamedFiles: to.unnamedFiles ?? true,
      });
    } finally {
      entry.close();
    }
    if (to.keepEntry === true) return outcome;
    this.delete(id);
    if (held !== null && others.length === 0) this.#names.forget(held);
    return outcome;
  }

  /** Elsewhere a file is always one of its own: nobody wants a sample that changes with the file it was taken from. */
  #planNames(
    { id, links }: EntryMetadata,
    held: FileKey | null,
    others: readonly string[],
    inPlace: boolean,
  ): OtherNames {
    if (held === null || !inPlace) return { standing: [], missed: links.count > 1, note: null };
    const restored = this.#names.find(held);
    const note = (made: StandingFile): void => this.#names.note(held, made, id, others);
    return {
      standing: [{ key: held, differences: [] }, ...(restored === null ? [] : [restored])],
      missed: (restored !== null && !this.#store.has(restored.entry)) || links.count - 1 > others.length,
      note: others.length === 0 ? null : note,
    };
  }

  async #otherNamesOf(id: string, held: FileKey): Promise<readonly string[]> {
    const others = (await this.#store.list()).filter(
      (item) => item.id !== id && item.state !== 'damaged' && isSameKey(keyOfFile(item.metadata.file), held),
    );
    return others.map((item) => item.id);
  }

  usage(): VaultUsage {
    return usageOf(this.#store.bytes(), this.#options.limits);
  }

  /** Tidies up what a process left that died; answers what was taken away. */
  recover(): readonly string[] {
    const { host } = this.#options;
    const leftovers = this.#notes.names().filter((name) => name.endsWith('.json'));
    const removed = leftovers.filter((name) => removeLeftover(this.#notes.read(name), host));
    for (const name of removed) this.#notes.remove(name);
    this.#names.tidy((entry) => this.#store.has(entry));
    return [...this.#store.removePartials(host.processes), ...removed];
  }

  close(): void {
    this.#store.close();
  }
}

export { SourceChanged };

function storedEntry(item: VaultItem): StoredEntry {
  const takenAtMs = item.state === 'damaged' ? null : Date.parse(item.metadata.takenAt);
  return { id: item.id, bytes: item.bytes, takenAtMs };
}

function isSameFile(file: EntryMetadata['file'], identity: FileIdentity): boolean {
  return (
    file.inode === String(identity.inode) && file.handle === identity.handle && file.fileSystem === identity.fileSystem
  );
}
