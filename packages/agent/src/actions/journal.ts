// SPDX-License-Identifier: Apache-2.0
// One small file for each removal under way, written before the file is moved and cleared after it is gone: what a process
// that died had in its hands, and where it came from. Owns its directory's files.
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isProcessAlive, processIdentity, writeFileAtomic } from '@lazaret/platform';
import { z } from 'zod';
import { ensurePrivateDirectory } from '../vault/index.ts';
import { isProcessThere } from '@lazaret/host';

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
  readonly #directory: string;
  readonly #nowMs: () => number;

  constructor(directory: string, nowMs: () => number = Date.now) {
    this.#directory = directory;
    this.#nowMs = nowMs;
    ensurePrivateDirectory(directory);
  }

  /** On the disk when this returns. */
  write(record: Omit<JournalRecord, 'startedAtMs' | 'process'>): void {
    writeFileAtomic(
      this.#file(record.id),
      JSON.stringify({ ...record, startedAtMs: this.#nowMs(), process: processIdentity() }),
      0o600,
    );
  }

  clear(id: string): void {
    rmSync(this.#file(id), { force: true });
  }

  isGivenUp(record: JournalRecord): boolean {
    return this.#nowMs() - record.startedAtMs > GIVE_UP_MS;
  }

  /** What dead processes left open. A record that cannot be read is set aside as `.damaged`, for a person; it must not keep the agent from starting. */
  pending(): readonly JournalRecord[] {
    const records: JournalRecord[] = [];
    for (const name of readdirSync(this.#directory)) {
      const file = join(this.#directory, name);
      if (isAbandoned(name)) rmSync(file, { force: true });
      if (!name.endsWith('.json')) continue;
      const record = readRecord(file);
      if (record === null) renameSync(file, `${file}.damaged`);
      else if (!isProcessAlive(record.process)) records.push(record);
    }
    return records;
  }

  #file(id: string): string {
    return join(this.#directory, `${id}.json`);
  }
}

function readRecord(file: string): JournalRecord | null {
  try {
    return journalRecordSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

/** What writeFileAtomic leaves when its process dies in it: `<file>.<pid>.incoming`. */
function isAbandoned(name: string): boolean {
  const pid = /\.(\d+)\.incoming$/.exec(name)?.[1];
  return pid !== undefined && !isProcessThere(pid);
}
