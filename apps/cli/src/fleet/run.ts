// SPDX-License-Identifier: Apache-2.0
// What every command of `lazaret fleet` does alike: opens the manager, asks, prints rows or JSON.
import { EXIT, print, printJson, runCommand } from '../output.ts';
import { openFleet, type Fleet } from './account.ts';
import { formatTable } from './words/table.ts';

export interface Json {
  readonly json?: boolean;
}

/** `show` prints for people, and may ask what they need beside the answer; with --json the answer is printed as it is. `endOf`: the exit code of an answer, where one can be bad. */
export function runFleet<T>(
  options: Json,
  ask: (fleet: Fleet) => Promise<T>,
  show: (answer: T, fleet: Fleet) => void | Promise<void>,
  endOf: (answer: T) => number = () => EXIT.ok,
): Promise<void> {
  return runCommand(options.json ?? false, async () => {
    const fleet = await openFleet(process.env);
    const answer = await ask(fleet);
    if (options.json) printJson(answer);
    else await show(answer, fleet);
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
