// SPDX-License-Identifier: Apache-2.0
// Debian's programs of PostgreSQL 15, and the user that runs them: they refuse to run as root.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LazaretError } from '@lazaret/core';

export const BINARIES = '/usr/lib/postgresql/15/bin';
/** The user that Debian's package makes for exactly this. */
const DATABASE_USER = 'postgres';

export interface OperatingSystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** The user to change to; null where this process is no root and the programs run as the same user. */
export function runAs(): OperatingSystemUser | null {
  if (process.getuid?.() !== 0) return null;
  const fields = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${DATABASE_USER}:`))
    ?.split(':');
  if (fields === undefined)
    throw new LazaretError(
      'database.programs_missing',
      `The user "${DATABASE_USER}" does not exist. The package of PostgreSQL creates it.`,
    );
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}

/** Runs a program to its end; throws with what it said when it fails. */
export async function runProgram(
  name: 'initdb' | 'pg_dump' | 'pg_restore',
  argv: readonly string[],
  user: OperatingSystemUser | null,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const child = spawn(join(BINARIES, name), argv, {
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', ...environment },
    ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4096)));
  const code = await new Promise<number | string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (exit, signal) => resolve(signal ?? exit ?? 1));
  });
  if (code !== 0) throw new LazaretError('database.not_started', `${name} ended with ${code}: ${said.trim()}`);
}
