// SPDX-License-Identifier: Apache-2.0
// One readable line for each line of JSON that real-time tells. File names and command lines are hostile: control characters never reach the terminal.
import { realtimeLineSchema, type Opener, type RealtimeLine } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { z } from 'zod';
import { safeText } from '../words.ts';

const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Null for what is no line of real-time's. Throws what the agent says kept it from starting. */
export function lineForPeople(text: string): string | null {
  const value = parseJson(text);
  const error = errorSchema.safeParse(value);
  if (error.success) throw new LazaretError(error.data.error.code, error.data.error.message);
  const line = realtimeLineSchema.safeParse(value);
  return line.success ? safeText(formatLine(line.data)) : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function formatLine(line: RealtimeLine): string {
  switch (line.type) {
    case 'ready':
      return formatReady(line);
    case 'state':
      return `${line.time} real-time scan is ${line.state}${line.reason === null ? '' : `: ${line.reason}`}`;
    case 'detection':
      return `${line.time} ${formatDetection(line)}`;
    case 'let-through':
      return `${line.time} let-through (${line.cause}), ${line.answered}: ${line.path ?? 'a file'}${formatOpener(line.opener)}`;
    case 'followed-up':
      return `${line.time} scanned afterwards, ${line.scanned.verdict}: ${line.path ?? 'a file'}`;
    case 'gap':
      return `${line.time} gap in real-time scan from ${line.from} to ${line.to} (${line.cause}): Lazaret scans the files that changed`;
    case 'missed':
      return `${line.time} changes not seen from ${line.from} to ${line.to} (${line.cause}): Lazaret scans the files that changed`;
    case 'dropped':
      return `${line.lines} lines were dropped, because the output was not read fast enough`;
  }
}

function formatReady({ watching, notCovered }: Extract<RealtimeLine, { type: 'ready' }>): string {
  const watched = watching.map(
    ({ mountPoint, fileSystemType, why }) => `${mountPoint} (${fileSystemType}${why === null ? '' : `; ${why}`})`,
  );
  const left = notCovered.map(({ mountPoint, why }) => `${mountPoint}${why === null ? '' : ` (${why})`}`);
  const notes = left.length === 0 ? '' : `; not covered: ${left.join(', ')}`;
  return `Watching ${watched.length === 0 ? 'nothing yet' : watched.join(', ')}${notes}`;
}

function formatDetection(line: Extract<RealtimeLine, { type: 'detection' }>): string {
  const { path, threats, action, access, refused, opener: who } = line;
  const names = threats.map(({ name, kind, layers }) => [...layers, `${name} (${kind})`].join(' ▸ '));
  const how = access === undefined ? 'found' : `${access} ${refused ? 'refused' : 'allowed'}`;
  const steps = action === null ? [] : [action.primary, ...(action.secondary === undefined ? [] : [action.secondary])];
  const done = steps.map(
    ({ action: step, result, error }) => `${step}: ${result}${error === undefined ? '' : ` (${error})`}`,
  );
  return `${how}: ${path}: ${names.join(', ')}; ${done.join(', then ')}${formatOpener(who)}`;
}

function formatOpener(who: Opener | null): string {
  if (who === null) return '';
  const { executable, pid, user, container, commandLine } = who;
  const place = container === null ? '' : ` in ${container}`;
  return `; by ${executable} (process ${pid}, ${user}${place}): ${commandLine.join(' ')}`;
}
