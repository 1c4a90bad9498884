// SPDX-License-Identifier: Apache-2.0
// AC-14: the local ceiling as it is stored on the VM, in `<state>/ceiling.json`, which only root can write. No message of a manager can change it.
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { CEILING_GRADES, defaultCeiling, LazaretError, type Ceiling } from '@lazaret/core';
import { writeFileAtomic } from '@lazaret/platform';

const number = z.number().int().positive();
const ceilingSchema = z.strictObject({
  grade: z.enum(CEILING_GRADES),
  brake: z.strictObject({ perHourMax: number, sharePercentMax: number.max(100), shareFrom: number }),
});

/** The default where there is none. Throws `ceiling.unreadable` for a damaged one: a guess could allow what was forbidden. */
export function readCeiling(path: string): Ceiling {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return defaultCeiling;
    throw unreadable(path, error);
  }
  try {
    return ceilingSchema.parse(JSON.parse(text));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Also before the agent was ever started: a ceiling is best set before the VM gets a manager. */
export function writeCeiling(path: string, ceiling: Ceiling): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileAtomic(path, `${JSON.stringify(ceilingSchema.parse(ceiling), null, 2)}\n`, 0o600);
}

function unreadable(path: string, cause: unknown): LazaretError {
  return new LazaretError('ceiling.unreadable', `The local ceiling ${path} is damaged or cannot be read.`, {
    where: path,
    cause,
  });
}
