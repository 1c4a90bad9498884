// SPDX-License-Identifier: Apache-2.0
// The scope of one run, from policy and VM: where it walks, and what core decides for each file. The facts (links, mounts, who can write) are gathered here;
// core decides.
import type { ScannerAnswer } from '@lazaret/contract';
import {
  compileExceptions,
  compileTargets,
  compileUnscannedRules,
  decideUnscannedContent,
  nameOf,
  parentOf,
  pathTextFromBytes,
  temporal,
  type Exceptions,
  type IntelliScanLists,
  type Policy,
  type ScanKind,
  type TargetFacts,
  type Targets,
  type UnscannedDecision,
} from '@lazaret/core';
import { HOST_SYSTEM } from '@lazaret/host';
import type { Host, MountTable } from '@lazaret/host/ports';
import type { Found, Root } from './source.ts';
import type { ScanRequest } from '../run/request.ts';
import { quickRoots } from './quick.ts';
import type { PathText } from '../words.ts';

/** What of a request decides where is scanned; real-time's is its policy's. */
export type ScopeRequest = Pick<ScanRequest, 'scope' | 'crossFileSystems'> & { readonly origin: ScanKind };

export interface ScopeFacts {
  readonly host: Pick<Host, 'mounts' | 'paths'>;
  readonly policy: Policy;
  readonly request: ScopeRequest;
  readonly lists: IntelliScanLists;
  /** State and run directories of ours: never scanned (RT-2c). */
  readonly ownDirectories: readonly string[];
  readonly nowMs: number;
}

export type Selected =
  | { readonly kind: 'scan'; readonly decidedBy: string; readonly nameListed: boolean }
  | { readonly kind: 'excepted'; readonly decidedBy: string }
  | { readonly kind: 'out-of-scope' };

export interface RefusedRoot {
  readonly path: Buffer;
  readonly class: 'network' | 'pseudo';
  readonly fileSystemType: string;
}

export interface Scope {
  readonly roots: readonly Root[];
  /** Roots that are not walked: a network file system, or a pseudo one (LM-8). */
  readonly refused: readonly RefusedRoot[];
  readonly targets: Targets;
  /** What `targets` was made of: the gate's rules are made of the same. */
  readonly targetFacts: TargetFacts;
  readonly exceptions: Exceptions;
  /** AC-12: what becomes of a file that could not be looked at whole; null = it is allowed. */
  readonly ruleUnscanned: (
    path: PathText,
    answer: Pick<ScannerAnswer, 'unscanned' | 'sha256'>,
  ) => UnscannedDecision | null;
  readonly warnings: readonly { readonly code: string; readonly path: string; readonly message: string }[];
  readonly scopeRule: string;
  select(found: Extract<Found, { kind: 'regular' }>): Selected;
}

function refuse(path: Buffer, mounts: MountTable): RefusedRoot | null {
  const found = mounts.classAt(path);
  if (found === 'local') return null;
  return { path, class: found === 'pseudo' ? 'pseudo' : 'network', fileSystemType: mounts.typeAt(path) };
}

export function compileScope(facts: ScopeFacts): Scope {
  const { host, policy, request } = facts;
  const kind = request.origin;
  const mounts = host.mounts.table();
  const targetFacts = readTargetFacts(kind, facts, mounts);
  const targets = compileTargets(kind, policy[kind], targetFacts);
  const exceptions = compileExceptions(kind, policy[kind].exceptions, {
    operatingSystem: HOST_SYSTEM,
    now: temporal.Instant.fromEpochMilliseconds(Math.round(facts.nowMs)),
    variables: host.paths.systemVariables(),
    everyoneCanWrite: (path) => host.paths.everyoneCanWrite(path),
    link: (path) => host.paths.linkOf(path),
    userId: () => null,
    program: () => null, // a scan at rest opens the files itself (EX-2e)
  });
  const unscannedRules = compileUnscannedRules(kind, policy[kind].unscanned);
  const places = findRoots(facts, targets, mounts);
  const refused = places.flatMap(({ path }) => refuse(path, mounts) ?? []);
  return {
    roots: places.filter((root) => mounts.classAt(root.path) === 'local'),
    refused,
    targets,
    targetFacts,
    exceptions,
    ruleUnscanned: (path, { unscanned, sha256 }) =>
      decideUnscannedContent(unscannedRules, exceptions, {
        path,
        reasons: unscanned.map(({ reason }) => reason),
        sha256,
      }),
    warnings: [...targets.warnings, ...exceptions.warnings],
    scopeRule: `/${kind}/directories`,
    select: selector(request.scope.kind === 'policy', targets, exceptions),
  };
}

function readTargetFacts(kind: ScanKind, facts: ScopeFacts, mounts: MountTable): TargetFacts {
  const { directories } = facts.policy[kind];
  const entries = directories.kind === 'list' ? directories.entries : [];
  return {
    operatingSystem: HOST_SYSTEM,
    ownDirectories: facts.ownDirectories,
    intelliScan: facts.lists,
    entries: entries.map(({ path }) => {
      const target = facts.host.paths.realPath(path);
      return target === null
        ? { exists: false, target: path, fileSystem: null }
        : { exists: true, target: pathTextFromBytes(target), fileSystem: mounts.classAt(target) };
    }),
  };
}

function findRoots(
  { host, policy, request, nowMs }: ScopeFacts,
  targets: Targets,
  mounts: MountTable,
): readonly Root[] {
  const { scope, origin } = request;
  const local = mounts.localTypes;
  if (scope.kind === 'quick') return quickRoots(nowMs, local, host.paths);
  if (scope.kind === 'paths') {
    const crossFileSystemTypes = request.crossFileSystems ? local : [];
    return scope.paths.map((path) => ({
      path: Buffer.from(path, 'base64'),
      subdirectories: true,
      crossFileSystemTypes,
    }));
  }
  const { directories } = policy[origin];
  const alone =
    directories.kind === 'list'
      ? directories.entries.filter((entry) => !entry.subdirectories).map((entry) => entry.path)
      : [];
  return targets.roots.flatMap((root) => {
    const path = host.paths.realPath(root);
    return path === null ? [] : [{ path, subdirectories: !alone.includes(root), crossFileSystemTypes: local }];
  });
}

/** Most files share their directory with the one before: its decisions are kept while they do. */
const DIRECTORIES_KEPT = 256;

interface DirectoryRule {
  readonly files: boolean;
  readonly decidedBy: string;
  readonly excepted: string | null;
}

function selector(byPolicy: boolean, targets: Targets, exceptions: Exceptions): Scope['select'] {
  const kept = new Map<string, DirectoryRule>();
  const ruleOf = (directory: string): DirectoryRule => {
    const known = kept.get(directory);
    if (known !== undefined) return known;
    const decision = targets.forDirectory(directory, 'local');
    const inScope = byPolicy ? decision.files : decision.why !== 'vault';
    const rule = {
      files: inScope,
      decidedBy: decision.decidedBy,
      excepted: exceptions.decideDirectory(directory)?.decidedBy ?? null,
    };
    if (kept.size >= DIRECTORIES_KEPT) kept.clear();
    kept.set(directory, rule);
    return rule;
  };
  return ({ text }) => {
    const rule = ruleOf(parentOf(text));
    if (!rule.files) return { kind: 'out-of-scope' };
    const name = targets.forName(nameOf(text));
    if (!name.inScope) return { kind: 'out-of-scope' };
    const excepted = rule.excepted ?? exceptions.decideName(text, nameOf(text))?.decidedBy;
    if (excepted !== undefined) return { kind: 'excepted', decidedBy: excepted };
    return {
      kind: 'scan',
      decidedBy: byPolicy && name.why === 'all' ? rule.decidedBy : name.decidedBy,
      nameListed: name.nameListed,
    };
  };
}
