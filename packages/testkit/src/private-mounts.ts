// SPDX-License-Identifier: Apache-2.0
// A mount namespace of a test's own: mounts made in it are seen by nobody else and end with it, whatever happens to the test.
// Owns one holding process, which ends when close() is called or when this process dies (its standard input closes).
import { type ChildProcess, execFileSync, spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class PrivateMounts {
  /** A tmpfs of the namespace's own; outside of it an empty directory. */
  readonly directory: string;
  readonly #holder: ChildProcess;

  private constructor(directory: string, holder: ChildProcess) {
    this.directory = directory;
    this.#holder = holder;
  }

  /** `setUp`: bash, run in the new tmpfs. */
  static async open(setUp: string): Promise<PrivateMounts> {
    const directory = mkdtempSync(join(tmpdir(), 'lazaret-mounts-'));
    const script = `set -e; mount -t tmpfs -o mode=755 none "$0"; cd "$0"; ${setUp}\necho ready; exec cat >/dev/null`;
    const holder = spawn('unshare', ['-m', 'bash', '-c', script, directory], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = (await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')])) as [unknown];
    if (String(line).trim() !== 'ready') {
      rmdirSync(directory);
      throw new Error(`the private mounts could not be made: ${String(line)}`);
    }
    return new PrivateMounts(directory, holder);
  }

  /** How this process reaches a path of the namespace. */
  path(...parts: string[]): string {
    return join(`/proc/${this.#holder.pid}/root`, this.directory, ...parts);
  }

  /** A path as it reads inside. */
  inside(...parts: string[]): string {
    return join(this.directory, ...parts);
  }

  run(command: string, ...argv: string[]): SpawnSyncReturns<string> {
    const enter = ['-m', '-t', String(this.#holder.pid), '--wd=/', command, ...argv];
    return spawnSync('nsenter', enter, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  }

  /** The same without waiting; the process is the program itself. The caller waits for its end. */
  start(command: string, ...argv: string[]): ChildProcess {
    const enter = ['-m', '-t', String(this.#holder.pid), '--wd=/', command, ...argv];
    return spawn('nsenter', enter, { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  /** A bash script that must succeed, run in the directory. */
  shell(script: string): string {
    const enter = ['-m', '-t', String(this.#holder.pid), '--wd=/', 'bash', '-ec', `cd "$0"; ${script}`, this.directory];
    return execFileSync('nsenter', enter, { encoding: 'utf8' });
  }

  async close(): Promise<void> {
    this.#holder.stdin?.end();
    if (this.#holder.exitCode === null) await once(this.#holder, 'exit');
    rmdirSync(this.directory);
  }
}
