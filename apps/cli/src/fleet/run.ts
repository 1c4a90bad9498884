// SPDX-License-Identifier: Apache-2.0
// What every command of `lazaret fleet` does alike: opens the manager, asks, prints rows or JSON.
import { EXIT, print, printJson, runCommand } from '../output.ts';
import { openFleet, type Fleet } from './account.ts';
import { formatTable } from './table.ts';

export interface Json {
  readonly json?: boolean;
}

/** `show` prints for people; with --json the answer is printed as it is. `endOf`: the exit code of an answer, where one can be bad. */
export function runFleet<T>(
  options: Json,
  ask: (fleet: Fleet) => Promise<T>,
  show: (answer: T) => void,
  endOf: (answer: T) => number = () => EXIT.ok,
): Promise<void> {
  return runCommand(options.json ?? false, async () => {
    const answer = await ask(await openFleet(process.env));
    if (options.json) printJson(answer);
    else show(answer);
    return endOf(answer);
  });
}

export function printTable(head: readonly string[], rows: readonly (readonly string[])[], empty: string): void {
  if (rows.length === 0) return print(empty);
  for (const line of formatTable(head, rows)) print(line);
}

/** `2026-11-25 01:02` in UTC. */
export function shortTime(iso: string | null): string {
  return iso === null ? '–' : iso.slice(0, 16).replace('T', ' ');
}
