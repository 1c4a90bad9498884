// SPDX-License-Identifier: Apache-2.0
// What is wrong with an exception when it is set (EX-1, EX-2).
import type { OperatingSystem } from '../actions/action.ts';
import type { Fault } from '../fault.ts';
import type { Exception, ProcessMatch, ScanKind } from '../policy/policy.ts';
import { findExtensionFaults, findPathFaults } from '../targets/check.ts';
import { parseInstant } from '../temporal.ts';
import { parseGlob } from './glob.ts';

/** What an exception can match by. A match with any other field is kept, never applied: it may mean something narrower than we know. */
export const EXCEPTION_MATCH_FIELDS = ['directory', 'file', 'extension', 'sha256', 'pattern', 'process'] as const;
/** What narrows a match by one of these: stands beside it, never alone. */
export const EXCEPTION_NARROWING_FIELDS = { process: ['programSha256', 'user', 'unit'] } as const;
export const EXCEPTION_FIELDS = ['match', 'author', 'reason', 'expires'] as const;
export type ExceptionMatchField = (typeof EXCEPTION_MATCH_FIELDS)[number];

/** The one field of a match, or null when it has none, several, or one that we do not know. */
export function matchFieldOf(exception: Exception): ExceptionMatchField | null {
  const fields = Object.keys(exception.match);
  const field = EXCEPTION_MATCH_FIELDS.find((known) => fields.includes(known));
  const extra = Object.keys(exception).some((name) => !(EXCEPTION_FIELDS as readonly string[]).includes(name));
  if (field === undefined || extra) return null;
  return fields.every((name) => name === field || narrows(field, name)) ? field : null;
}

function narrows(field: ExceptionMatchField, name: string): boolean {
  return field === 'process' && (EXCEPTION_NARROWING_FIELDS.process as readonly string[]).includes(name);
}

/** The fields that a match may have, beside what we do not know. */
export function knownMatchFields(match: Exception['match']): readonly string[] {
  return 'process' in match
    ? [...EXCEPTION_MATCH_FIELDS, ...EXCEPTION_NARROWING_FIELDS.process]
    : EXCEPTION_MATCH_FIELDS;
}

/** Every fault of one exception. Without a kind of scan, what only some kinds can do is no fault. */
export function findExceptionFaults(
  exception: Exception,
  operatingSystem?: OperatingSystem,
  kind: ScanKind = 'realtime',
): readonly Fault[] {
  const expires =
    exception.expires === undefined || parseInstant(exception.expires) !== null
      ? []
      : [expiresFault(exception.expires)];
  return [...matchFaults(exception.match, operatingSystem, kind), ...expires];
}

function expiresFault(text: string): Fault {
  const message = `"${text}" is not a time. Write it like 2027-01-31T00:00:00Z.`;
  return { code: 'exceptions.expires', path: '/expires', message };
}

function matchFaults(
  match: Exception['match'],
  operatingSystem: OperatingSystem | undefined,
  kind: ScanKind,
): readonly Fault[] {
  const fields = Object.keys(match);
  const allowed = knownMatchFields(match);
  if (fields.some((field) => !allowed.includes(field))) return [];
  const known = EXCEPTION_MATCH_FIELDS.filter((field) => fields.includes(field));
  if (known.length !== 1) {
    const message = `An exception needs exactly one of these fields: ${EXCEPTION_MATCH_FIELDS.join(', ')}.`;
    return [{ code: 'exceptions.one_match', path: '/match', message }];
  }
  if ('directory' in match) return globFaults(match.directory, '/match/directory', operatingSystem);
  if ('file' in match) return globFaults(match.file, '/match/file', operatingSystem);
  if ('extension' in match) return findExtensionFaults(match.extension, '/match/extension');
  if ('sha256' in match) return sha256Faults(match.sha256, '/match/sha256');
  if ('process' in match) return processFaults(match, operatingSystem, kind);
  return match.pattern === '' || /^[*]+$/.test(match.pattern)
    ? [{ code: 'exceptions.glob', path: '/match/pattern', message: 'This would exclude every threat.' }]
    : [];
}

function sha256Faults(sha256: string, pointer: string): readonly Fault[] {
  if (/^[0-9a-f]{64}$/i.test(sha256)) return [];
  return [{ code: 'exceptions.sha256', path: pointer, message: 'A SHA-256 has 64 hexadecimal digits.' }];
}

const USER = /^(?:\d{1,10}|[A-Za-z_][\w.-]{0,30}\$?)$/;
/** A service: scopes and slices can be made by a user for a process of his. */
const UNIT = /^[\w:.\\@-]{1,240}\.service$/;

/** EX-2e: one program by its own path. Scans at rest open files themselves: there it would mean nothing. */
function processFaults(
  { process, programSha256, user, unit }: ProcessMatch,
  operatingSystem: OperatingSystem | undefined,
  kind: ScanKind,
): readonly Fault[] {
  if (kind !== 'realtime') {
    const message = `An exception by process works only in real-time scan, because a ${kind} scan opens the files itself.`;
    return [{ code: 'exceptions.process_needs_realtime', path: '/match/process', message }];
  }
  const narrowing = [
    ...(programSha256 === undefined ? [] : sha256Faults(programSha256, '/match/programSha256')),
    ...(user === undefined || USER.test(user)
      ? []
      : [processFault('user', `"${user}" is not an account. Give a name or a number.`)]),
    ...(unit === undefined || UNIT.test(unit)
      ? []
      : [processFault('unit', `"${unit}" is not a systemd service. Write it like mariadb.service.`)]),
  ];
  if (/[*?]|\$\{/.test(process)) {
    return [
      processFault('process', `"${process}" contains a wildcard or a variable. Give the path of one program.`),
      ...narrowing,
    ];
  }
  return [...findPathFaults(process, '/match/process', operatingSystem, 'exceptions.relative'), ...narrowing];
}

function processFault(field: keyof ProcessMatch, message: string): Fault {
  return { code: 'exceptions.process', path: `/match/${field}`, message };
}

/** A path may begin with a variable (`${ProgramData}\x`): what that holds is looked at when it is known. */
function globFaults(pattern: string, pointer: string, operatingSystem: OperatingSystem | undefined): readonly Fault[] {
  const parsed = parseGlob(pattern);
  if ('problem' in parsed) return [{ code: 'exceptions.glob', path: pointer, message: parsed.problem }];
  if (pattern.startsWith('${')) return [];
  return findPathFaults(pattern, pointer, operatingSystem, 'exceptions.relative');
}
