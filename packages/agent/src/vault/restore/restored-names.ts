// SPDX-License-Identifier: Apache-2.0
// What a held file came back as, for as long as other names of the same file are in the vault: so that they become names of it
// again. One small file for each, in a directory of the vault; written before the restored file has its name, so that none
// stands of which nothing is known. A note of what never got there leads to no file, and does no harm.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { restoreDifferenceSchema } from '@lazaret/contract';
import { writeFileAtomic } from '@lazaret/platform';
import { z } from 'zod';
import type { FileKey, StandingFile } from '../entries/standing-file.ts';
import { isProcessThere } from '@lazaret/host';

const noteSchema = z.object({
  fileSystem: z.string(),
  handle: z.string(),
  differences: z.array(restoreDifferenceSchema),
  /** Of the name that came back. It is still held where it was kept, or where its process died before the file had its name. */
  entry: z.string(),
  /** Of the other names: the last of them to go takes the note along. */
  entries: z.array(z.string()),
});

export class RestoredNames {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Null: it has not come back yet, or nobody can tell. */
  find(held: FileKey): (StandingFile & { readonly entry: string }) | null {
    const note = read(this.#file(held));
    if (note === null) return null;
    const { fileSystem, handle, differences, entry } = note;
    return { key: { fileSystem, handle }, differences, entry };
  }

  note(held: FileKey, { key, differences }: StandingFile, entry: string, entries: readonly string[]): void {
    writeFileAtomic(this.#file(held), JSON.stringify({ ...key, differences, entry, entries }), 0o600);
  }

  forget(held: FileKey): void {
    rmSync(this.#file(held), { force: true });
  }

  /** Takes away the notes that nobody waits for, and what a process left that died while it wrote. */
  tidy(isHeld: (entry: string) => boolean): void {
    for (const name of readdirSync(this.#directory)) {
      if (isBeingWritten(name)) continue;
      const note = name.endsWith('.json') ? read(join(this.#directory, name)) : null;
      if (note === null || !note.entries.some(isHeld)) rmSync(join(this.#directory, name), { force: true });
    }
  }

  #file({ fileSystem, handle }: FileKey): string {
    const name = createHash('sha256').update(`${fileSystem}\0${handle}`).digest('hex');
    return join(this.#directory, `${name}.json`);
  }
}

/** `<file>.<pid>.incoming`, of a process that lives: the command line beside the agent, perhaps. */
function isBeingWritten(name: string): boolean {
  const pid = /\.(\d+)\.incoming$/.exec(name)?.[1];
  return pid !== undefined && isProcessThere(pid);
}

function read(file: string): z.infer<typeof noteSchema> | null {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}
