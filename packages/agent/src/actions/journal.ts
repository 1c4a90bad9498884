// SPDX-License-Identifier: Apache-2.0
// One small file for each removal under way, written before the file is moved and cleared after it is gone: what a process
// that died had in its hands, and where it came from. Owns its directory's files.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '@lazaret/platform';
import { z } from 'zod';
import { ensurePrivateDirectory } from '../vault/index.ts';

const journalRecordSchema = z.object({
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  /** Where the file was, and where its staging directory is: bytes in base64. */
  path: z.base64(),
  stagingParent: z.base64(),
  stagingName: z.base64(),
  /** The staging directory's file handle, where others could rename it. */
  stagingHandle: z.string().nullable(),
  object: z.object({ inode: z.string(), handle: z.string().nullable(), size: z.number(), mtimeNs: z.string() }),
  /** The complete copy in the vault, when there is one. */
  vaultEntry: z.string().nullable(),
});

export type JournalRecord = Readonly<z.infer<typeof journalRecordSchema>>;

export class Journal {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    ensurePrivateDirectory(directory);
  }

  /** On the disk when this returns. */
  write(record: JournalRecord): void {
    writeFileAtomic(this.#file(record.id), JSON.stringify(record), 0o600);
  }

  clear(id: string): void {
    rmSync(this.#file(id), { force: true });
  }

  /** What is still open; a record that cannot be read was never finished, so nothing was moved under it. */
  pending(): readonly JournalRecord[] {
    const records: JournalRecord[] = [];
    for (const name of readdirSync(this.#directory)) {
      const file = join(this.#directory, name);
      if (name.endsWith('.incoming')) rmSync(file, { force: true });
      else if (name.endsWith('.json')) records.push(journalRecordSchema.parse(JSON.parse(readFileSync(file, 'utf8'))));
    }
    return records;
  }

  #file(id: string): string {
    return join(this.#directory, `${id}.json`);
  }
}
