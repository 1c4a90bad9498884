// SPDX-License-Identifier: Apache-2.0
// What a held file came back as, for as long as other names of the same file are in the vault: so that they become names of it
// again. One small file for each, in a directory of the vault; written before the restored file has its name, so that none
// stands of which nothing is known. A note of what never got there leads to no file, and does no harm.
import { createHash } from 'node:crypto';
import { restoreDifferenceSchema } from '@lazaret/contract';
import { z } from 'zod';
import type { FileKey, StandingFile } from '../entries/standing-file.ts';
import type { OwnFolder } from '@lazaret/host/ports';
import type { VaultHost } from '../vault-host.ts';

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
  readonly #folder: OwnFolder;
  readonly #processes: Pick<VaultHost['processes'], 'isThere'>;

  constructor(folder: OwnFolder, processes: Pick<VaultHost['processes'], 'isThere'>) {
    this.#folder = folder;
    this.#processes = processes;
  }

  /** Null: it has not come back yet, or nobody can tell. */
  find(held: FileKey): (StandingFile & { readonly entry: string }) | null {
    const note = read(this.#folder, fileOf(held));
    if (note === null) return null;
    const { fileSystem, handle, differences, entry } = note;
    return { key: { fileSystem, handle }, differences, entry };
  }

  note(held: FileKey, { key, differences }: StandingFile, entry: string, entries: readonly string[]): void {
    this.#folder.write(fileOf(held), JSON.stringify({ ...key, differences, entry, entries }));
  }

  forget(held: FileKey): void {
    this.#folder.remove(fileOf(held));
  }

  /** Takes away the notes that nobody waits for, and what a process left that died while it wrote. */
  tidy(isHeld: (entry: string) => boolean): void {
    for (const name of this.#folder.names()) {
      if (this.#isBeingWritten(name)) continue;
      const note = name.endsWith('.json') ? read(this.#folder, name) : null;
      if (note === null || !note.entries.some(isHeld)) this.#folder.remove(name);
    }
  }

  /** `<file>.<pid>.incoming`, of a process that lives: the command line beside the agent, perhaps. */
  #isBeingWritten(name: string): boolean {
    const pid = /\.(\d+)\.incoming$/.exec(name)?.[1];
    return pid !== undefined && this.#processes.isThere(pid);
  }
}

function fileOf({ fileSystem, handle }: FileKey): string {
  return `${createHash('sha256').update(`${fileSystem}\0${handle}`).digest('hex')}.json`;
}

function read(folder: OwnFolder, name: string): z.infer<typeof noteSchema> | null {
  try {
    return noteSchema.parse(JSON.parse(folder.read(name)));
  } catch {
    return null;
  }
}
