// SPDX-License-Identifier: Apache-2.0
// What every command prints, and how each ends: data on standard output, everything else on standard error; one error is one
// sentence with its code – with --json one line of JSON on standard output, as scripts expect it.
import { findErrorCode } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';

export const EXIT = { ok: 0, found: 1, error: 2, partly: 3 } as const;

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** Runs a command and turns whatever it throws into what a person, or a script, can use. */
export async function runCommand(json: boolean, command: () => Promise<number> | number): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    reportError(error, json);
    process.exitCode = EXIT.error;
  }
}

export function reportError(error: unknown, json: boolean): void {
  const { code, message, where } = asLazaret(error);
  if (json) return printJson({ error: { code, message, path: where ?? '' } });
  const advice = findErrorCode(code)?.whatToDo;
  process.stderr.write(`lazaret: ${message} (${code})\n${advice === undefined ? '' : `  ${advice}\n`}`);
}

function asLazaret(error: unknown): LazaretError {
  if (error instanceof LazaretError) return error;
  return new LazaretError('agent.internal', error instanceof Error ? error.message : String(error), { cause: error });
}
