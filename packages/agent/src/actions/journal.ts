// SPDX-License-Identifier: Apache-2.0
// One small file for each removal in progress. It is written before the file is moved and deleted after the file is gone. After a crash it tells which file the
// process was removing, and where that file came from. This module owns the files in its directory.
import { z } from 'zod';
import type { OwnFolder } from '@lazaret/host/ports';
import { ensurePrivateDirectory, type VaultHost } from '../vault/index.ts';

const journalRecordSchema = z.object({
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  /** Where the file was, and where its staging directory is: bytes in base64. */
  path: z.base64(),
  stagingParent: z.base64(),
  stagingName: z.base64(),
  /** The staging directory's file handle, where others could rename it. */
  stagingHandle: z.string().nullable(),
  /** The file system of both: when another one is found there, theirs is not mounted now. */
  fileSystem: z.string().nullable(),
  object: z.object({ inode: z.string(), handle: z.string().nullable(), size: z.number(), mtimeNs: z.string() }),
  /** The complete copy in the vault, when there is one. */
  vaultEntry: z.string().nullable(),
  startedAtMs: z.number(),
  /** Who is at work on it: a second process must not undo what a living one does. */
  process: z.string(),
});

export type JournalRecord = Readonly<z.infer<typeof journalRecordSchema>>;

/** After so long, a file system that never came back is given up: it was a temporary one, or its disk is gone. */
const GIVE_UP_MS = 30 * 86_400_000;

export class Journal {
  readonly #folder: OwnFolder;
  readonly #processes: VaultHost['processes'];
  readonly #nowMs: () => number;

  constructor(directory: string, { files, processes }: VaultHost, nowMs: () => number = Date.now) {
    this.#folder = ensurePrivateDirectory(directory, files);
    this.#processes = processes;
    this.#nowMs = nowMs;
  }

  /** On the disk when this returns. */
  write(record: Omit<JournalRecord, 'startedAtMs' | 'process'>): void {
    const started = { startedAtMs: this.#nowMs(), process: this.#processes.self };
    this.#folder.write(fileOf(record.id), JSON.stringify({ ...record, ...started }));
  }

  clear(id: string): void {
    this.#folder.remove(fileOf(id));
  }

  isGivenUp(record: JournalRecord): boolean {
    return this.#nowMs() - record.startedAtMs > GIVE_UP_MS;
  }

  /** What dead processes left open. A record that cannot be read is set aside as `.damaged`, for a person; it must not keep the agent from starting. */
  pending(): readonly JournalRecord[] {
    const records: JournalRecord[] = [];
    for (const name of this.#folder.names()) {
      if (this.#isAbandoned(name)) this.#folder.remove(name);
      if (!name.endsWith('.json')) continue;
      const record = readRecord(this.#folder, name);
      if (record === null) this.#folder.rename(name, `${name}.damaged`);
      else if (!this.#processes.isAlive(record.process)) records.push(record);
    }
    return records;
  }

  /** What a write leaves when its process dies in it: `<file>.<pid>.incoming`. */
  #isAbandoned(name: string): boolean {
    const pid = /\.(\d+)\.incoming$/.exec(name)?.[1];
    return pid !== undefined && !this.#processes.isThere(pid);
  }
}

function fileOf(id: string): string {
  return `${id}.json`;
}

function readRecord(folder: OwnFolder, name: string): JournalRecord | null {
  try {
    return journalRecordSchema.parse(JSON.parse(folder.read(name)));
  } catch {
    return null;
  }
}
