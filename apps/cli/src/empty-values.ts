// SPDX-License-Identifier: Apache-2.0
// An empty value is a variable of a script that was not set. No command takes one: as a filter it would fit everything, as a path it would mean the current directory.
import type { Argument, Command, Option } from 'commander';
import { LazaretError } from '@lazaret/core';

/** Ends as each command line that was not understood (`cli.usage`), before the command begins. */
export function refuseEmptyValues(command: Command): void {
  const named = nameOfEmpty(command);
  if (named !== undefined) command.error(`error: the value of '${named}' is empty`);
}

function nameOfEmpty(command: Command): string | undefined {
  const options: readonly Option[] = command.options;
  const ofOption = options.find((option) => isEmpty(command.getOptionValue(option.attributeName())));
  if (ofOption !== undefined) return ofOption.long ?? ofOption.flags;
  const named: readonly Argument[] = command.registeredArguments;
  return named.find((_, at) => isEmpty(command.processedArgs[at]))?.name();
}

const isEmpty = (value: unknown): boolean => (Array.isArray(value) ? value : [value]).includes('');

/** `--below "$DIR/"` with DIR not set: it must not mean everything, which has a word of its own. Throws `cli.usage`. */
export function requireNotRoot(below: string | undefined): void {
  if (below !== '/') return;
  throw new LazaretError('cli.usage', 'All files are below /. To select all files, use --all.', { where: '--below' });
}
