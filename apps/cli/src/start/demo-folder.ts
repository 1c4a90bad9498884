// SPDX-License-Identifier: Apache-2.0
// The demo folder as a small file system of its own while ./start runs: real-time marks whole file systems, and a trial must not touch opens elsewhere on
// this machine. Owns that mount.
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface DemoFolder {
  readonly path: string;
  /** Why real-time is left out here; null where the folder is a file system of its own. */
  readonly notOwn: string | null;
  /** After the agent has ended: nothing looks at it any more. */
  close(): void;
}

const SIZE = '16m';

export function openDemoFolder(programs: string): DemoFolder {
  const path = join(programs, 'demo');
  mkdirSync(path, { recursive: true });
  try {
    // One that a killed ./start left behind is taken over.
    if (!isMountPoint(path))
      mount('mount', '-t', 'tmpfs', '-o', `size=${SIZE},mode=755,nosuid,nodev`, 'lazaret-demo', path);
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    const why = stderr?.trim() || (error as Error).message;
    return { path, notOwn: `no file system could be mounted on ${path} (${why})`, close: () => {} };
  }
  // Lazy: somebody's shell may stand in it.
  return { path, notOwn: null, close: () => mount('umount', '--lazy', path) };
}

function isMountPoint(path: string): boolean {
  return statSync(path).dev !== statSync(join(path, '..')).dev;
}

function mount(command: 'mount' | 'umount', ...argv: readonly string[]): void {
  execFileSync(command, argv, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
}
