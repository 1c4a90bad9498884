// SPDX-License-Identifier: Apache-2.0
// Exceptions made ready (EX-1, EX-2). An exception beats the scope. Those of a path are decided before anything is opened, those of content
// (SHA-256, pattern name) after the verdict. Each answer names the exception by its JSON pointer, so that its hits can be counted.
import type { OperatingSystem } from '../actions/action.ts';
import { formatPointer } from '../text/json-pointer.ts';
import { canonicalPath, isAbsolutePath, isNetworkPath, nameOf, parentOf } from '../text/paths.ts';
import type { Exception, ProcessMatch, ScanKind } from '../policy/policy.ts';
import { canonicalExtension, compileExtensions, type ExtensionIndex } from '../targets/extension.ts';
import { type Instant, parseInstant } from '../temporal.ts';
import { type ExceptionMatchField, matchFieldOf } from './check.ts';
import { type CompiledGlob, compileGlob, globMatches, moveGlob, parseGlob, textMatches } from './glob.ts';

export interface ExceptionFacts {
  readonly operatingSystem: OperatingSystem;
  readonly now: Instant;
  /** Variables of the system – never of a process, which its user can set (EX-2b). */
  readonly variables: Readonly<Record<string, string>>;
  /** Whether everyone can write at this place; asked once for each path exception (EX-2g). */
  readonly everyoneCanWrite: (path: string) => boolean;
  /** Where a place leads over symbolic links; null where none is on the way, or nothing is there. Asked once for each path exception. */
  readonly link: (path: string) => LinkFacts | null;
  /** The file of a program on the host, where links lead to; null when it does not exist. Asked once for each exception by process (EX-2e). */
  readonly program: (path: string, want: { readonly sha256: boolean }) => ProgramFacts | null;
  /** The number of an account of the VM; null when there is none. Asked once for each exception by process that names one. */
  readonly userId: (name: string) => number | null;
}

export interface LinkFacts {
  readonly target: string;
  /** Nobody but root can make these links lead elsewhere. */
  readonly rootsAlone: boolean;
}

/** A program as the kernel and its content know it. Numbers may be above 2^53, so they are decimal text. */
export interface ProgramFacts {
  /** Where the path leads when links are followed. */
  readonly target: string;
  readonly device: string;
  readonly inode: string;
  /** When the file last changed in any way (ctime) in nanoseconds: a later one makes the exception rest until the file was looked at again. */
  readonly changedNs: string;
  /** In lower-case hex; null where it was not asked for, or could not be read. */
  readonly sha256: string | null;
}

/** The exception that decided: its pointer, and by what it matches. */
export interface ExceptionHit {
  readonly decidedBy: string;
  readonly by: ExceptionMatchField;
}

/** What is worth saying of an exception at the start of a run. */
export interface ExceptionWarning {
  readonly code:
    | 'exceptions.everyone_writes'
    | 'exceptions.expired'
    | 'exceptions.link'
    | 'exceptions.not_applied'
    | 'exceptions.program_changed'
    | 'exceptions.program_missing'
    | 'exceptions.variable';
  readonly path: string;
  readonly message: string;
}

export interface Exceptions {
  readonly warnings: readonly ExceptionWarning[];
  /** When the next one expires: compile again then. Null = never. */
  readonly nextExpiry: Instant | null;
  /** Programs whose opens are not scanned: real-time alone has any. */
  readonly processes: readonly ProcessRule[];
  /** Whether all beneath a directory is excepted; a walk goes on inside only to count (EX-1e). */
  decideDirectory(path: string): ExceptionHit | null;
  /** Whether a file is excepted by its path or name. */
  decideFile(path: string): ExceptionHit | null;
  /** The same for a file whose directory was asked before and is not excepted: what is left is its name and path. */
  decideName(path: string, name: string): ExceptionHit | null;
  decideDigest(sha256: string): ExceptionHit | null;
  decideThreat(patternName: string): ExceptionHit | null;
  /** Whether what this program opens is left alone. */
  decideProcess(process: RunningProgram): ExceptionHit | null;
}

/** A process that opens a file. `unit`: the system's service that it runs in, "" for none. */
export interface RunningProgram extends Pick<ProgramFacts, 'device' | 'inode' | 'changedNs'> {
  readonly uid: number;
  readonly unit: string;
}

/** What of a verdict an exception by content looks at. */
export interface VerdictContent {
  readonly sha256: string | null;
  readonly threats: readonly { readonly name: string }[];
  /** So many threats are not told: no name speaks for them. */
  readonly namesLeftOut?: number | undefined;
}

/** The exception that covers a verdict (EX-2c, EX-2d): the file's hash, or one for each of its threats; then the first of them is named. */
export function contentException(
  exceptions: Pick<Exceptions, 'decideDigest' | 'decideThreat'>,
  { sha256, threats, namesLeftOut = 0 }: VerdictContent,
): string | null {
  const byHash = sha256 === null ? null : exceptions.decideDigest(sha256);
  if (byHash !== null) return byHash.decidedBy;
  if (namesLeftOut > 0) return null;
  const hits = threats.map(({ name }) => exceptions.decideThreat(name));
  return hits.every((hit) => hit !== null) ? (hits[0]?.decidedBy ?? null) : null;
}

/** A program whose opens are not scanned (EX-2e). */
export interface ProcessRule {
  /** As the policy names it. */
  readonly process: string;
  readonly program: ProgramFacts;
  /** Only where the process runs as this user; null: as any. */
  readonly uid: number | null;
  /** Only in this service; null: in any. */
  readonly unit: string | null;
  readonly hit: ExceptionHit;
}

interface GlobRule {
  readonly glob: CompiledGlob;
  readonly hit: ExceptionHit;
}

/** Literal paths in a map, the others in a list: most exceptions are literal, and then their number costs nothing. */
export interface PathRules {
  readonly literal: Map<string, ExceptionHit>;
  readonly globs: GlobRule[];
}

/** Exceptions that are in force, sorted by what they match; in each list the first that fits decides. */
export interface CollectedExceptions {
  readonly directories: PathRules;
  readonly files: PathRules;
  readonly extensions: { readonly name: string; readonly hit: ExceptionHit }[];
  readonly digests: Map<string, ExceptionHit>;
  readonly patterns: { readonly name: string; readonly hit: ExceptionHit }[];
  readonly processes: ProcessRule[];
  readonly warnings: ExceptionWarning[];
  nextExpiry: Instant | null;
}

export function compileExceptions(kind: ScanKind, exceptions: readonly Exception[], facts: ExceptionFacts): Exceptions {
  return finish(collectExceptions(kind, exceptions, facts), facts.operatingSystem);
}

/** What is in force now. Of this both the decisions of core and the rules of the gate are made. */
export function collectExceptions(
  kind: ScanKind,
  exceptions: readonly Exception[],
  facts: ExceptionFacts,
): CollectedExceptions {
  const building: CollectedExceptions = {
    directories: { literal: new Map(), globs: [] },
    files: { literal: new Map(), globs: [] },
    extensions: [],
    digests: new Map(),
    patterns: [],
    processes: [],
    warnings: [],
    nextExpiry: null,
  };
  for (const [index, exception] of exceptions.entries()) {
    const pointer = formatPointer([kind, 'exceptions', index]);
    const expiry = exception.expires === undefined ? null : parseInstant(exception.expires);
    if (expiry !== null && expiry.epochMilliseconds <= facts.now.epochMilliseconds) {
      warn(building, 'exceptions.expired', pointer, `The exception expired at ${expiry.toString()}.`);
      continue;
    }
    if (expiry !== null) building.nextExpiry = earlier(building.nextExpiry, expiry);
    addException(building, exception, pointer, facts, kind);
  }
  return building;
}

function earlier(left: Instant | null, right: Instant): Instant {
  return left !== null && left.epochMilliseconds <= right.epochMilliseconds ? left : right;
}

function warn(building: CollectedExceptions, code: ExceptionWarning['code'], path: string, message: string): void {
  building.warnings.push({ code, path, message });
}

function addException(
  building: CollectedExceptions,
  exception: Exception,
  pointer: string,
  facts: ExceptionFacts,
  kind: ScanKind,
): void {
  const by = matchFieldOf(exception);
  if (by === null) {
    warn(building, 'exceptions.not_applied', pointer, 'The exception has an unknown condition, so it is not applied.');
    return;
  }
  const { match } = exception;
  const hit: ExceptionHit = { decidedBy: pointer, by };
  if ('directory' in match) addPath(building, building.directories, match.directory, hit, facts);
  else if ('file' in match) addPath(building, building.files, match.file, hit, facts);
  else if ('extension' in match) building.extensions.push({ name: match.extension, hit });
  else if ('sha256' in match) setFirst(building.digests, match.sha256.toLowerCase(), hit);
  else if ('process' in match) addProcess(building, match, hit, facts, kind);
  else building.patterns.push({ name: match.pattern, hit });
}

/** EX-2e. Safe value first: what is not certain about the program makes the exception rest. */
function addProcess(
  building: CollectedExceptions,
  { process, programSha256, user, unit }: ProcessMatch,
  hit: ExceptionHit,
  facts: ExceptionFacts,
  kind: ScanKind,
): void {
  if (kind !== 'realtime') {
    warn(
      building,
      'exceptions.not_applied',
      hit.decidedBy,
      `The exception by process is not applied, because a ${kind} scan opens the files itself.`,
    );
    return;
  }
  const program = facts.program(process, { sha256: programSha256 !== undefined });
  if (program === null) {
    const message = `${process} does not exist. The exception takes effect when the program is installed.`;
    warn(building, 'exceptions.program_missing', hit.decidedBy, message);
    return;
  }
  if (programSha256 !== undefined && program.sha256 !== programSha256.toLowerCase()) {
    const message = `The exception is not applied, because the SHA-256 of ${process} differs from the one in the exception.`;
    warn(building, 'exceptions.program_changed', hit.decidedBy, message);
    return;
  }
  const uid = user === undefined ? null : /^\d+$/.test(user) ? Number(user) : facts.userId(user);
  if (user !== undefined && uid === null) {
    const message = `The account ${user} does not exist. The exception takes effect when the account is created.`;
    warn(building, 'exceptions.program_missing', hit.decidedBy, message);
    return;
  }
  const directoryOf = (path: string): string => parentOf(canonicalPath(path, facts.operatingSystem));
  for (const place of new Set([program.target, directoryOf(program.target), directoryOf(process)])) {
    if (!facts.everyoneCanWrite(place)) continue;
    const message = `Every user can write to ${place}, so every user can decide what is not scanned.`;
    warn(building, 'exceptions.everyone_writes', hit.decidedBy, message);
  }
  building.processes.push({ process, program, uid, unit: unit ?? null, hit });
}

function addPath(
  building: CollectedExceptions,
  rules: PathRules,
  pattern: string,
  hit: ExceptionHit,
  facts: ExceptionFacts,
): void {
  const fold = (text: string): string =>
    facts.operatingSystem === 'windows' ? text.replaceAll('\\', '/').toLowerCase() : text;
  const parsed = parseGlob(pattern);
  const glob = 'problem' in parsed ? null : compileGlob(parsed.names, facts.variables, fold);
  if (glob === null || !variableIsPlace(pattern, facts)) {
    warn(
      building,
      'exceptions.variable',
      hit.decidedBy,
      `The exception is not applied, because "${pattern}" contains a variable that has no value on this VM.`,
    );
    return;
  }
  const base = facts.operatingSystem === 'windows' ? glob.base.slice(1) : glob.base;
  if (facts.everyoneCanWrite(base)) warnOpen(building, base, hit);
  addGlob(rules, glob, hit);
  followLink(building, rules, glob, hit, facts);
}

function addGlob(rules: PathRules, glob: CompiledGlob, hit: ExceptionHit): void {
  if (glob.literal === null) rules.globs.push({ glob, hit });
  else setFirst(rules.literal, glob.literal, hit);
}

/** Files are judged by where they really lie: an exception on a link would never match. Its target is excepted, too – but not where a user of the VM could
 *  choose the target. */
function followLink(
  building: CollectedExceptions,
  rules: PathRules,
  glob: CompiledGlob,
  hit: ExceptionHit,
  facts: ExceptionFacts,
): void {
  const link = facts.link(glob.base);
  if (link === null) return;
  const { target, rootsAlone } = link;
  const message = rootsAlone
    ? `${glob.base} leads to ${target} through a symbolic link. The exception applies to the files there.`
    : `${glob.base} leads to ${target} through a symbolic link that users other than root can change. The files there are scanned.`;
  warn(building, 'exceptions.link', hit.decidedBy, message);
  if (!rootsAlone) return;
  if (facts.everyoneCanWrite(target)) warnOpen(building, target, hit);
  addGlob(rules, moveGlob(glob, target), hit);
}

function warnOpen(building: CollectedExceptions, place: string, { decidedBy }: ExceptionHit): void {
  const message = `Every user can write to ${place}, and files there are not scanned.`;
  warn(building, 'exceptions.everyone_writes', decidedBy, message);
}

/** A pattern that begins with a variable must begin at the root once it is put in: `${X}/y` with an empty X would be `/y`. */
function variableIsPlace(pattern: string, facts: ExceptionFacts): boolean {
  const name = /^\$\{([^}]*)\}/.exec(pattern)?.[1];
  if (name === undefined) return true;
  const value = Object.hasOwn(facts.variables, name) ? (facts.variables[name] ?? '') : '';
  return isAbsolutePath(value, facts.operatingSystem) && !isNetworkPath(value) && value.length > 1;
}

function setFirst(map: Map<string, ExceptionHit>, key: string, hit: ExceptionHit): void {
  if (!map.has(key)) map.set(key, hit);
}

function finish(building: CollectedExceptions, operatingSystem: OperatingSystem): Exceptions {
  const canonical = (path: string): string => canonicalPath(path, operatingSystem);
  const extensions = compileExtensions(building.extensions.map(({ name }) => canonicalExtension(name)));
  const decideDirectory = (path: string): ExceptionHit | null => directoryHit(building.directories, canonical(path));
  const anyFile = building.files.literal.size + building.files.globs.length > 0;
  const decideName = (path: string, name: string): ExceptionHit | null =>
    (anyFile ? fileHit(building.files, canonical(path)) : null) ?? extensionHit(building, extensions, name);
  return {
    warnings: building.warnings,
    nextExpiry: building.nextExpiry,
    processes: building.processes,
    decideDirectory,
    decideName,
    decideFile: (path) => {
      const file = canonical(path);
      return directoryHit(building.directories, parentOf(file)) ?? decideName(file, nameOf(file));
    },
    decideDigest: (sha256) => building.digests.get(sha256.toLowerCase()) ?? null,
    decideProcess: (process) => building.processes.find((rule) => isProcess(rule, process))?.hit ?? null,
    decideThreat: (patternName) => building.patterns.find(({ name }) => textMatches(name, patternName))?.hit ?? null,
  };
}

function isProcess({ program, uid, unit }: ProcessRule, process: RunningProgram): boolean {
  const { device, inode, changedNs } = process;
  const isProgram = program.device === device && program.inode === inode && program.changedNs === changedNs;
  return isProgram && (uid === null || uid === process.uid) && (unit === null || unit === process.unit);
}

function directoryHit(rules: PathRules, directory: string): ExceptionHit | null {
  if (rules.literal.size > 0) {
    for (let at = directory; ; at = parentOf(at)) {
      const hit = rules.literal.get(at);
      if (hit !== undefined) return hit;
      if (at === '/') break;
    }
  }
  return rules.globs.find(({ glob }) => globMatches(glob, directory, 'self-or-beneath'))?.hit ?? null;
}

function fileHit(rules: PathRules, file: string): ExceptionHit | null {
  return rules.literal.get(file) ?? rules.globs.find(({ glob }) => globMatches(glob, file, 'exact'))?.hit ?? null;
}

function extensionHit(building: CollectedExceptions, extensions: ExtensionIndex, name: string): ExceptionHit | null {
  const index = building.extensions.length === 0 ? null : extensions.find(name);
  return index === null ? null : (building.extensions[index]?.hit ?? null);
}
