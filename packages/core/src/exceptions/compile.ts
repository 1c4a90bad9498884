// SPDX-License-Identifier: Apache-2.0
// Exceptions made ready (EX-1, EX-2). An exception beats the scope. Those of a path are decided before anything is opened, those of content
// (SHA-256, pattern name) after the verdict. Each answer names the exception by its JSON pointer, so that its hits can be counted.
import type { OperatingSystem } from '../action.ts';
import { formatPointer } from '../json-pointer.ts';
import { canonicalPath, isAbsolutePath, isNetworkPath, nameOf, parentOf } from '../paths.ts';
import type { Exception, ScanKind } from '../policy.ts';
import { canonicalExtension, compileExtensions, type ExtensionIndex } from '../targets/extension.ts';
import { type Instant, parseInstant } from '../temporal.ts';
import { type ExceptionMatchField, matchFieldOf } from './check.ts';
import { type CompiledGlob, compileGlob, globMatches, parseGlob, textMatches } from './glob.ts';

export interface ExceptionFacts {
  readonly operatingSystem: OperatingSystem;
  readonly now: Instant;
  /** Variables of the system – never of a process, which its user can set (EX-2b). */
  readonly variables: Readonly<Record<string, string>>;
  /** Whether everyone can write at this place; asked once for each path exception (EX-2g). */
  readonly everyoneCanWrite: (path: string) => boolean;
}

/** The exception that decided: its pointer, and by what it matches. */
export interface ExceptionHit {
  readonly decidedBy: string;
  readonly by: ExceptionMatchField;
}

/** What is worth saying of an exception at the start of a run. */
export interface ExceptionWarning {
  readonly code: 'exceptions.everyone_writes' | 'exceptions.expired' | 'exceptions.not_applied' | 'exceptions.variable';
  readonly path: string;
  readonly message: string;
}

export interface Exceptions {
  readonly warnings: readonly ExceptionWarning[];
  /** When the next one expires: compile again then. Null = never. */
  readonly nextExpiry: Instant | null;
  /** Whether all beneath a directory is excepted; a walk goes on inside only to count (EX-1e). */
  decideDirectory(path: string): ExceptionHit | null;
  /** Whether a file is excepted by its path or name. */
  decideFile(path: string): ExceptionHit | null;
  /** The same for a file whose directory was asked before and is not excepted: what is left is its name and path. */
  decideName(path: string, name: string): ExceptionHit | null;
  decideDigest(sha256: string): ExceptionHit | null;
  decideThreat(patternName: string): ExceptionHit | null;
}

interface GlobRule {
  readonly glob: CompiledGlob;
  readonly hit: ExceptionHit;
}

/** Literal paths in a map, the others in a list: most exceptions are literal, and then their number costs nothing. */
interface PathRules {
  readonly literal: Map<string, ExceptionHit>;
  readonly globs: GlobRule[];
}

interface Building {
  readonly directories: PathRules;
  readonly files: PathRules;
  readonly extensions: { readonly name: string; readonly hit: ExceptionHit }[];
  readonly digests: Map<string, ExceptionHit>;
  readonly patterns: { readonly name: string; readonly hit: ExceptionHit }[];
  readonly warnings: ExceptionWarning[];
}

export function compileExceptions(kind: ScanKind, exceptions: readonly Exception[], facts: ExceptionFacts): Exceptions {
  const building: Building = {
    directories: { literal: new Map(), globs: [] },
    files: { literal: new Map(), globs: [] },
    extensions: [],
    digests: new Map(),
    patterns: [],
    warnings: [],
  };
  const expiries: Instant[] = [];
  for (const [index, exception] of exceptions.entries()) {
    const pointer = formatPointer([kind, 'exceptions', index]);
    const expiry = exception.expires === undefined ? null : parseInstant(exception.expires);
    if (expiry !== null && expiry.epochMilliseconds <= facts.now.epochMilliseconds) {
      warn(building, 'exceptions.expired', pointer, `The exception expired at ${expiry.toString()}.`);
      continue;
    }
    if (expiry !== null) expiries.push(expiry);
    addException(building, exception, pointer, facts);
  }
  const nextExpiry = expiries.toSorted((left, right) => left.epochMilliseconds - right.epochMilliseconds)[0] ?? null;
  return finish(building, nextExpiry, facts.operatingSystem);
}

function warn(building: Building, code: ExceptionWarning['code'], path: string, message: string): void {
  building.warnings.push({ code, path, message });
}

function addException(building: Building, exception: Exception, pointer: string, facts: ExceptionFacts): void {
  const by = matchFieldOf(exception);
  if (by === null) {
    warn(building, 'exceptions.not_applied', pointer, 'The exception has a condition that is not known: not applied.');
    return;
  }
  const { match } = exception;
  const hit: ExceptionHit = { decidedBy: pointer, by };
  if ('directory' in match) addPath(building, building.directories, match.directory, hit, facts);
  else if ('file' in match) addPath(building, building.files, match.file, hit, facts);
  else if ('extension' in match) building.extensions.push({ name: match.extension, hit });
  else if ('sha256' in match) setFirst(building.digests, match.sha256.toLowerCase(), hit);
  else building.patterns.push({ name: match.pattern, hit });
}

function addPath(
  building: Building,
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
    warn(building, 'exceptions.variable', hit.decidedBy, `"${pattern}" holds a variable without a place: not applied.`);
    return;
  }
  const base = facts.operatingSystem === 'windows' ? glob.base.slice(1) : glob.base;
  if (facts.everyoneCanWrite(base)) {
    const message = `Everyone can write in ${base}: what is put there is not scanned.`;
    warn(building, 'exceptions.everyone_writes', hit.decidedBy, message);
  }
  if (glob.literal === null) rules.globs.push({ glob, hit });
  else setFirst(rules.literal, glob.literal, hit);
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

function finish(building: Building, nextExpiry: Instant | null, operatingSystem: OperatingSystem): Exceptions {
  const canonical = (path: string): string => canonicalPath(path, operatingSystem);
  const extensions = compileExtensions(building.extensions.map(({ name }) => canonicalExtension(name)));
  const decideDirectory = (path: string): ExceptionHit | null => directoryHit(building.directories, canonical(path));
  const anyFile = building.files.literal.size + building.files.globs.length > 0;
  const decideName = (path: string, name: string): ExceptionHit | null =>
    (anyFile ? fileHit(building.files, canonical(path)) : null) ?? extensionHit(building, extensions, name);
  return {
    warnings: building.warnings,
    nextExpiry,
    decideDirectory,
    decideName,
    decideFile: (path) => {
      const file = canonical(path);
      return directoryHit(building.directories, parentOf(file)) ?? decideName(file, nameOf(file));
    },
    decideDigest: (sha256) => building.digests.get(sha256.toLowerCase()) ?? null,
    decideThreat: (patternName) => building.patterns.find(({ name }) => textMatches(name, patternName))?.hit ?? null,
  };
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

function extensionHit(building: Building, extensions: ExtensionIndex, name: string): ExceptionHit | null {
  const index = building.extensions.length === 0 ? null : extensions.find(name);
  return index === null ? null : (building.extensions[index]?.hit ?? null);
}
