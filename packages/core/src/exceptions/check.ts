// SPDX-License-Identifier: Apache-2.0
// What is wrong with an exception when it is set (EX-1, EX-2).
import type { OperatingSystem } from '../action.ts';
import type { Fault } from '../fault.ts';
import type { Exception } from '../policy.ts';
import { findExtensionFaults, findPathFaults } from '../targets/check.ts';
import { parseInstant } from '../temporal.ts';
import { parseGlob } from './glob.ts';

/** What an exception can match by. A match with any other field is kept, never applied: it may mean something narrower than we know. */
export const EXCEPTION_MATCH_FIELDS = ['directory', 'file', 'extension', 'sha256', 'pattern'] as const;
export const EXCEPTION_FIELDS = ['match', 'author', 'reason', 'expires'] as const;
export type ExceptionMatchField = (typeof EXCEPTION_MATCH_FIELDS)[number];

/** The one field of a match, or null when it has none, several, or one that we do not know. */
export function matchFieldOf(exception: Exception): ExceptionMatchField | null {
  const fields = Object.keys(exception.match);
  const known = EXCEPTION_MATCH_FIELDS.find((field) => field === fields[0]);
  const extra = Object.keys(exception).some((field) => !(EXCEPTION_FIELDS as readonly string[]).includes(field));
  return fields.length === 1 && known !== undefined && !extra ? known : null;
}

/** Every fault of one exception. */
export function findExceptionFaults(exception: Exception, operatingSystem?: OperatingSystem): readonly Fault[] {
  const expires =
    exception.expires === undefined || parseInstant(exception.expires) !== null
      ? []
      : [expiresFault(exception.expires)];
  return [...matchFaults(exception.match, operatingSystem), ...expires];
}

function expiresFault(text: string): Fault {
  const message = `"${text}" is no instant: write it as 2027-01-31T00:00:00Z.`;
  return { code: 'exceptions.expires', path: '/expires', message };
}

function matchFaults(match: Exception['match'], operatingSystem: OperatingSystem | undefined): readonly Fault[] {
  const fields = Object.keys(match);
  const known = EXCEPTION_MATCH_FIELDS.filter((field) => fields.includes(field));
  if (known.length < fields.length) return [];
  if (known.length !== 1) {
    const message = `An exception matches by exactly one of ${EXCEPTION_MATCH_FIELDS.join(', ')}.`;
    return [{ code: 'exceptions.one_match', path: '/match', message }];
  }
  if ('directory' in match) return globFaults(match.directory, '/match/directory', operatingSystem);
  if ('file' in match) return globFaults(match.file, '/match/file', operatingSystem);
  if ('extension' in match) return findExtensionFaults(match.extension, '/match/extension');
  if ('sha256' in match) return sha256Faults(match.sha256);
  return match.pattern === '' || /^[*]+$/.test(match.pattern)
    ? [{ code: 'exceptions.glob', path: '/match/pattern', message: 'This would except every threat.' }]
    : [];
}

function sha256Faults(sha256: string): readonly Fault[] {
  if (/^[0-9a-f]{64}$/i.test(sha256)) return [];
  return [{ code: 'exceptions.sha256', path: '/match/sha256', message: 'A SHA-256 has 64 hexadecimal digits.' }];
}

/** A path may begin with a variable (`${ProgramData}\x`): what that holds is looked at when it is known. */
function globFaults(pattern: string, pointer: string, operatingSystem: OperatingSystem | undefined): readonly Fault[] {
  const parsed = parseGlob(pattern);
  if ('problem' in parsed) return [{ code: 'exceptions.glob', path: pointer, message: parsed.problem }];
  if (pattern.startsWith('${')) return [];
  return findPathFaults(pattern, pointer, operatingSystem, 'exceptions.relative');
}
