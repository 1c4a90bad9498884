// SPDX-License-Identifier: Apache-2.0
// For tests of real-time: ways to a file that need a program of their own, and what became of an access.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory, type PrivateMounts } from '@lazaret/testkit';
import { within, type Line, type RunningRealtime } from './realtime-product.ts';
import { PROGRAMS } from './places.ts';

export const ofPath = (name: string) => (line: Line) => String(line['path']).endsWith(`/${name}`);
/** A user without any right of his own. */
export const AS_USER = 'setpriv --reuid 65534 --regid 65534 --clear-groups';

/** A file system in a file, to be mounted with `-o loop`. */
export const EXT4 = 'truncate -s 16M ext4.image; mkfs.ext4 -q ext4.image';

/** `ways` (e2e/programs/ways.c), compiled: its path, which every user may run. */
export function compileWays(test: Parameters<typeof temporaryDirectory>[0]): string {
  const directory = temporaryDirectory(test);
  chmodSync(directory, 0o755);
  const program = join(directory, 'ways');
  execFileSync('gcc', ['-O1', '-Wall', '-Werror', '-o', program, join(PROGRAMS, 'ways.c')]);
  return program;
}

/** EPERM, and not a byte of it. */
export function assertRefused(mounts: PrivateMounts, script: string): void {
  const { stdout, stderr, code } = within(mounts, `export LC_ALL=C; ${script}`);
  assert.deepEqual(
    { script, stdout: stdout.includes('EICAR'), refused: /Operation not permitted/.test(stderr) },
    { script, stdout: false, refused: true },
    `${code} ${stdout} ${stderr}`,
  );
}

/** What a test means to be refused must be readable before: else it proves nothing. */
export function assertReadable(mounts: PrivateMounts, script: string): void {
  const { stdout, stderr } = within(mounts, script);
  assert.ok(stdout.includes('EICAR'), `${script}: ${stdout} ${stderr}`);
}

export async function refusedBy(realtime: RunningRealtime, name: string): Promise<Line> {
  return await realtime.line('detection', (line) => ofPath(name)(line) && line['refused'] === true);
}
