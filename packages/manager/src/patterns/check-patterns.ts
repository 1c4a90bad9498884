// SPDX-License-Identifier: Apache-2.0
// Checks whether the engine accepts patterns and finds nothing in the files of an operating system with them. It runs the product's own scan process by the
// command line, in a temporary state. So the manager parses no pattern file, and the number of patterns comes from loading them.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TextFile } from '@lazaret/patterns';
import { z } from 'zod';

/** Null: they are taken. Else why not, for people. */
export type CheckPatterns = (files: readonly TextFile[]) => Promise<string | null>;

/** Files of every system: who finds something in them finds it everywhere. */
const CANARIES = ['/bin/sh', '/usr/bin/env', '/etc/passwd', '/etc/hostname'];
const TIMEOUT_MS = 120_000;

/** `directory`: a folder of our own, for the time of a check. */
export function checkByEngine(programs: string, directory: string): CheckPatterns {
  return async (files) => {
    const place = mkdtempSync(join(directory, 'check-'));
    try {
      const patterns = join(place, 'patterns');
      mkdirSync(patterns);
      for (const { name, text } of files) writeFileSync(join(patterns, name), text);
      return await scanWith(programs, place, patterns);
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  };
}

function scanWith(programs: string, place: string, patterns: string): Promise<string | null> {
  const argv = [join(programs, 'apps/cli/src/main.ts'), 'scan', '--json', '--patterns', patterns, ...CANARIES];
  const env = { ...process.env, LAZARET_STATE: join(place, 'state'), LAZARET_RUN: join(place, 'run') };
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { env, timeout: TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024 }, (error, stdout) => {
      // 0: nothing found; 3: nothing found, but not everything could be looked at.
      const code = error === null ? 0 : error.code;
      if (code === 0 || code === 3) return resolve(null);
      if (code === 1) return resolve('The signature detects files that every system has.');
      resolve(errorOf(stdout) ?? 'The scan engine did not answer.');
    });
  });
}

const errorLine = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

function errorOf(stdout: string): string | null {
  for (const line of stdout.trim().split('\n').toReversed()) {
    const { data } = errorLine.safeParse(parseJson(line));
    if (data !== undefined) return `${data.error.message} (${data.error.code})`.slice(0, 2_000);
  }
  return null;
}

/** Null: not a line of ours. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
