// SPDX-License-Identifier: Apache-2.0
// What a person hands to the agent's programs, checked: a slip is one sentence with a code, never a stack trace.
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { LazaretError } from '@lazaret/core';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Throws `cli.usage` for an option or argument that is not known. */
export function readOptions<T extends NonNullable<ParseArgsConfig['options']>>(
  options: T,
): ReturnType<typeof parseArgs<{ options: T }>>['values'] {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new LazaretError('cli.usage', `${(error as Error).message}. Known: ${known.join(', ')}.`, { cause: error });
  }
}

/** LAZARET_LOG_LEVEL, or `fallback` where it is not set. Throws `cli.usage` for one that is not known. */
export function readLogLevel(text: string | undefined, fallback: LogLevel): LogLevel {
  const level = LOG_LEVELS.find((one) => one === (text ?? fallback));
  if (level !== undefined) return level;
  throw new LazaretError('cli.usage', `LAZARET_LOG_LEVEL is "${text}": use one of ${LOG_LEVELS.join(', ')}.`);
}
