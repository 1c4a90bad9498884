// SPDX-License-Identifier: Apache-2.0
// What every command prints, and how each ends: data on standard output, everything else on standard error; one error is one
// sentence with its code – with --json one line of JSON on standard output, as scripts expect it.
import { PolicyFaults } from '@lazaret/agent';
import { findErrorCode } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { RefusedByManager } from './refused-by-manager.ts';

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
  const faults = faultsOf(error);
  if (json)
    return printJson({ error: { code, message, path: where ?? '' }, ...(faults.length === 0 ? {} : { faults }) });
  const advice = findErrorCode(code)?.whatToDo;
  const further = faults.slice(0, FAULTS_TOLD_MAX).map(({ line, column, path, message: said, code: its }) => {
    const place = line === undefined ? '' : `${line}:${column}: `;
    return `  ${place}${path}: ${said} (${its})\n`;
  });
  process.stderr.write(
    `lazaret: ${message} (${code})\n${further.join('')}${advice === undefined ? '' : `  ${advice}\n`}`,
  );
}

/** More than these fill a screen; `--json` has all of them. */
const FAULTS_TOLD_MAX = 50;

interface ToldFault {
  readonly code: string;
  readonly path: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** What an error has to say beside its message: every fault of a policy, here or by the manager. One alone stands in the message. */
function faultsOf(error: unknown): readonly ToldFault[] {
  if (error instanceof PolicyFaults) return error.faults.length > 1 ? error.faults : [];
  return error instanceof RefusedByManager ? error.faults : [];
}

/** What is no error of ours is a fault of ours. */
export function asLazaret(error: unknown): LazaretError {
  if (error instanceof LazaretError) return error;
  return new LazaretError('agent.internal', error instanceof Error ? error.message : String(error), { cause: error });
}
