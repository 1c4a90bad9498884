// SPDX-License-Identifier: Apache-2.0
// The format of a backup: one tar file with a manifest, a dump of the database (including pattern releases), and the key that opens its sealed secrets. Whoever
// has the file has everything, so only root can read it.
import { spawn } from 'node:child_process';
import { LazaretError } from '@lazaret/core';
import { z } from 'zod';

export const MANIFEST = 'manifest.json';
export const DUMP = 'database.dump';
export const KEY = 'installation.key';
export const FORMAT = 1;

export const manifestSchema = z.object({
  product: z.literal('lazaret-manager'),
  format: z.literal(FORMAT),
  version: z.string(),
  createdAt: z.string(),
  migrations: z.array(z.string()),
});
export type Manifest = z.infer<typeof manifestSchema>;

export async function runTar(argv: readonly string[]): Promise<void> {
  const child = spawn('tar', argv, {
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2_048)));
  const code = await new Promise<number | string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (exit, signal) => resolve(signal ?? exit ?? 1));
  });
  if (code !== 0) throw failedBackup(`tar ended with exit code ${code}: ${said.trim()}`);
}

export function failedBackup(message: string, cause?: unknown): LazaretError {
  return new LazaretError('manager.backup', message, cause === undefined ? {} : { cause });
}
