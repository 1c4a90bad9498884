// SPDX-License-Identifier: Apache-2.0
// Where access is measured: an ext4 image of its own in a mount namespace of its own, so that nothing else of the machine is ever marked. Owns the mounts and
// a directory for what contestants write beside it.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrivateMounts } from '@lazaret/testkit';
import { writePatterns } from '../patterns.ts';

/** Who opens: no contestant treats this user as one of its own. */
export const OPENER_UID = 65_534;

export interface BenchPlace {
  readonly mounts: PrivateMounts;
  /** The watched file system, as it is called inside. */
  readonly watched: string;
  /** Not watched. */
  readonly beside: string;
  readonly patterns: string;
  readonly openFiles: string;
  readonly allowAll: string;
  close(): Promise<void>;
}

const SET_UP =
  'mkdir watched; truncate -s 6G image; mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 image; mount -o loop image watched; chmod 755 watched';

export async function openPlace(): Promise<BenchPlace> {
  const beside = mkdtempSync(join(tmpdir(), 'lazaret-bench-'));
  chmodSync(beside, 0o755);
  const patterns = join(beside, 'patterns');
  writePatterns(patterns);
  const mounts = await PrivateMounts.open(SET_UP);
  return {
    mounts,
    watched: mounts.inside('watched'),
    beside,
    patterns,
    openFiles: compile('open-files', beside),
    allowAll: compile('allow-all', beside),
    close: async () => {
      mounts.run('umount', mounts.inside('watched'));
      await mounts.close();
      rmSync(beside, { recursive: true, force: true });
    },
  };
}

function compile(name: string, directory: string): string {
  const program = join(directory, name);
  execFileSync('cc', ['-O2', '-o', program, join(import.meta.dirname, `${name}.c`), '-pthread'], { stdio: 'inherit' });
  return program;
}
