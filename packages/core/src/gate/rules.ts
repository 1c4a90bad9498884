// SPDX-License-Identifier: Apache-2.0
// The rules of real-time scan as one plain JSON value, for the gate, which decides without script (RT-2, RT-3, EX-1, EX-2, AC-5). Here is no second
// meaning of anything: targets, exceptions, kinds and plans are compiled by the functions that scans and `explain` use, and only written down. What reads
// it is native/gate/src/rules/scope.cpp; vectors/gate-rules.json and tests/gate-rules hold both to the same answers (docs/adr/0014-gate-rules.md).
import type { ThreatKind } from '../actions/action.ts';
import { type ActionTable, planAction } from '../actions/action-plan.ts';
import {
  collectExceptions,
  type CollectedExceptions,
  type ExceptionFacts,
  type ExceptionWarning,
  type PathRules,
  type ProgramFacts,
} from '../exceptions/compile.ts';
import { type CompiledName, textParts } from '../exceptions/glob.ts';
import { formatPointer } from '../text/json-pointer.ts';
import { type KindRow, prepareKindRows } from '../verdicts/kinds.ts';
import { canonicalPath, NETWORK_SCHEMES } from '../text/paths.ts';
import type { DirectoryScope, FileScope, RealtimeSettings, UnscannedAction, UnscannedRule } from '../policy/policy.ts';
import { compileTargets, indexDirectoryList, type TargetFacts, type TargetWarning } from '../targets/compile.ts';
import { canonicalExtension } from '../targets/extension.ts';
import { FUSE_NETWORK_PROGRAMS, NETWORK_FILE_SYSTEMS, PSEUDO_FILE_SYSTEMS } from '../targets/file-system-types.ts';
import { type IntelliScanLists, splitListedNames, type TypeRule } from '../targets/intelliscan.ts';
import type { Instant } from '../temporal.ts';
import { compileUnscannedRules } from '../verdicts/unscanned.ts';
import { bytesTextOf } from './bytes-text.ts';
import { foldsOf } from './folds.ts';

/** Bytes as text (bytes-text.ts). */
type Bytes = string;

/** `decidedBy`: JSON pointer of the rule in the policy, as everywhere. */
interface Decided {
  readonly decidedBy: string;
}

export type GateDirectories = Decided &
  (
    | { readonly kind: 'all' }
    | {
        readonly kind: 'list';
        /** Canonical targets, each once. */
        readonly entries: readonly (Decided & { readonly path: Bytes; readonly subdirectories: boolean })[];
      }
  );

/** Texts are folded (case-fold.ts). IntelliScan's `extensions` keep their leading dot, those of a list have none. */
export type GateFiles = Decided &
  (
    | { readonly kind: 'all' }
    | { readonly kind: 'extensions'; readonly extensions: readonly GateExtension[] }
    | { readonly kind: 'intelliscan'; readonly names: readonly Bytes[]; readonly extensions: readonly Bytes[] }
  );

export type GateExtension = Decided & { readonly text: Bytes };

/** One name of a pattern: wildcards, and literal text wrapped in an array. */
export type GateName = readonly ('*' | '?' | readonly [Bytes])[];

export interface GatePathRules {
  readonly literal: readonly (Decided & { readonly path: Bytes })[];
  /** `base`: the longest directory that the pattern names without a wildcard; what does not lie there does not match. */
  readonly globs: readonly (Decided & { readonly base: Bytes; readonly names: readonly ('**' | GateName)[] })[];
}

export interface GateExceptions {
  readonly directories: GatePathRules;
  readonly files: GatePathRules;
  readonly extensions: readonly GateExtension[];
  /** Lower-case hex. */
  readonly digests: readonly (Decided & { readonly sha256: string })[];
  /** Names of patterns with wildcards. */
  readonly threats: readonly (Decided & { readonly parts: GateName })[];
  /** `uid`, `unit` null: whoever runs it, wherever. */
  readonly processes: readonly (Decided &
    Pick<ProgramFacts, 'device' | 'inode' | 'changedNs'> & {
      readonly uid: number | null;
      readonly unit: string | null;
    })[];
}

/** `reasons` empty: every one. `directory` null: everywhere. */
export interface GateUnscannedRule extends Decided {
  readonly reasons: readonly string[];
  readonly directory: Bytes | null;
  readonly action: UnscannedAction;
}

export interface GateRules {
  readonly version: 3;
  readonly directories: GateDirectories;
  /** Vault and state of our own: never scanned. */
  readonly own: readonly Bytes[];
  readonly files: GateFiles;
  readonly exceptions: GateExceptions;
  /** The characters beyond ASCII that these rules need folded: from, to. All others may stay as they are. */
  readonly folds: readonly (readonly [Bytes, Bytes])[];
  readonly fileSystems: {
    readonly pseudo: readonly string[];
    readonly network: readonly string[];
    readonly fuseNetwork: readonly string[];
    readonly networkSchemes: readonly string[];
  };
  /** The first row that fits decides; what none fits is `other`. */
  readonly kinds: readonly {
    readonly openParts: number;
    readonly text: Bytes;
    readonly kind: ThreatKind;
    readonly exact: boolean;
  }[];
  /** Kinds whose plan is Pass: a file all of whose threats are of these is let through (AC-5). */
  readonly passKinds: readonly ThreatKind[];
  /** AC-12; the first that fits decides. */
  readonly unscanned: readonly GateUnscannedRule[];
}

export interface GateFacts {
  readonly targets: TargetFacts;
  readonly exceptions: ExceptionFacts;
  readonly actions: ActionTable;
  readonly kinds: readonly KindRow[];
}

export interface CompiledGateRules {
  readonly rules: GateRules;
  /** For the scanner's profile: what true types are held against, or null where names decide. */
  readonly typeRule: TypeRule | null;
  readonly warnings: readonly (TargetWarning | ExceptionWarning)[];
  /** When the next exception expires: compile again then. Null = never. */
  readonly nextExpiry: Instant | null;
}

/** Pure. Linux only: elsewhere nothing waits for an answer (RT-7). */
export function compileGateRules(settings: RealtimeSettings, facts: GateFacts): CompiledGateRules {
  const targets = compileTargets('realtime', settings, facts.targets);
  const collected = collectExceptions('realtime', settings.exceptions, facts.exceptions);
  const files = writeFiles(settings.files, facts.targets.intelliScan);
  const exceptions = writeExceptions(collected);
  const kinds = writeKinds(facts.kinds);
  const rules: GateRules = {
    version: 3,
    directories: writeDirectories(settings.directories, facts.targets),
    own: facts.targets.ownDirectories.flatMap((directory) => bytesTextOf(canonicalPath(directory, 'linux')) ?? []),
    files,
    exceptions,
    folds: foldsOf([
      ...foldedTextsOf(files),
      ...exceptions.extensions.map(({ text }) => text),
      ...kinds.map(({ text }) => text),
    ]),
    fileSystems: {
      pseudo: [...PSEUDO_FILE_SYSTEMS],
      network: [...NETWORK_FILE_SYSTEMS],
      fuseNetwork: [...FUSE_NETWORK_PROGRAMS],
      networkSchemes: [...NETWORK_SCHEMES],
    },
    kinds,
    passKinds: passKindsOf(settings, facts.actions),
    unscanned: writeUnscanned(settings.unscanned),
  };
  const warnings = [...targets.warnings, ...collected.warnings];
  return { rules, typeRule: targets.typeRule, warnings, nextExpiry: collected.nextExpiry };
}

function writeDirectories(scope: DirectoryScope, facts: TargetFacts): GateDirectories {
  const decidedBy = formatPointer(['realtime', 'directories']);
  if (scope.kind === 'all') return { kind: 'all', decidedBy };
  const entries = [...indexDirectoryList(scope, facts).byPath].flatMap(([path, { index, subdirectories }]) => {
    const bytes = bytesTextOf(path);
    return bytes === null ? [] : [{ path: bytes, subdirectories, decidedBy: `${decidedBy}/entries/${index}` }];
  });
  return { kind: 'list', decidedBy, entries };
}

function writeFiles(scope: FileScope, lists: IntelliScanLists): GateFiles {
  const decidedBy = formatPointer(['realtime', 'files']);
  if (scope.kind === 'all') return { kind: 'all', decidedBy };
  if (scope.kind === 'extensions') {
    const rules = scope.extensions.map((name, index) => ({ name, decidedBy: `${decidedBy}/extensions/${index}` }));
    return { kind: 'extensions', decidedBy, extensions: writeExtensions(rules) };
  }
  const { whole, extensions } = splitListedNames(lists.listedNames);
  const written = (texts: ReadonlySet<string>): readonly Bytes[] =>
    [...texts].flatMap((text) => bytesTextOf(text) ?? []);
  return { kind: 'intelliscan', decidedBy, names: written(whole), extensions: written(extensions) };
}

/** The first of the same extension decides. */
function writeExtensions(rules: readonly (Decided & { readonly name: string })[]): readonly GateExtension[] {
  const written = new Map<string, GateExtension>();
  for (const { name, decidedBy } of rules) {
    const text = bytesTextOf(canonicalExtension(name));
    if (text !== null && !written.has(text)) written.set(text, { text, decidedBy });
  }
  return [...written.values()];
}

function foldedTextsOf(files: GateFiles): readonly Bytes[] {
  switch (files.kind) {
    case 'all':
      return [];
    case 'extensions':
      return files.extensions.map(({ text }) => text);
    case 'intelliscan':
      return [...files.names, ...files.extensions];
  }
}

function writeExceptions(collected: CollectedExceptions): GateExceptions {
  return {
    directories: writePathRules(collected.directories),
    files: writePathRules(collected.files),
    extensions: writeExtensions(collected.extensions.map(({ name, hit }) => ({ name, decidedBy: hit.decidedBy }))),
    digests: [...collected.digests].map(([sha256, { decidedBy }]) => ({ sha256, decidedBy })),
    threats: collected.patterns.flatMap(({ name, hit }) => {
      const parts = writeName(textParts(name));
      return parts === null ? [] : [{ parts, decidedBy: hit.decidedBy }];
    }),
    processes: collected.processes.map(({ program: { device, inode, changedNs }, uid, unit, hit }) => ({
      device,
      inode,
      changedNs,
      uid,
      unit,
      decidedBy: hit.decidedBy,
    })),
  };
}

/** A place that no path of bytes can be holds nothing. */
function writeUnscanned(rules: readonly UnscannedRule[]): readonly GateUnscannedRule[] {
  return compileUnscannedRules('realtime', rules).flatMap(({ reasons = [], directory, action, decidedBy }) => {
    const bytes = directory === undefined ? null : bytesTextOf(directory);
    return directory !== undefined && bytes === null ? [] : [{ reasons, directory: bytes, action, decidedBy }];
  });
}

function writePathRules(rules: PathRules): GatePathRules {
  return {
    literal: [...rules.literal].flatMap(([path, { decidedBy }]) => {
      const bytes = bytesTextOf(path);
      return bytes === null ? [] : [{ path: bytes, decidedBy }];
    }),
    globs: rules.globs.flatMap(({ glob, hit: { decidedBy } }) => {
      const names = glob.names.map((name) => (name === '**' ? name : writeName(name)));
      const base = bytesTextOf(glob.base);
      const written = names.filter((name) => name !== null);
      return base === null || written.length < names.length ? [] : [{ base, names: written, decidedBy }];
    }),
  };
}

/** Literals that stand beside each other are one, so that no character is cut in two. Null when no path can meet it. */
function writeName(name: CompiledName): GateName | null {
  const parts: ('*' | '?' | [string])[] = [];
  for (const part of name) {
    const last = parts.at(-1);
    if (typeof part === 'string') parts.push(part);
    else if (Array.isArray(last)) last[0] += part[0];
    else parts.push([part[0]]);
  }
  const written = parts.map((part): '*' | '?' | readonly [Bytes] | null => {
    if (typeof part === 'string') return part;
    const bytes = bytesTextOf(part[0]);
    return bytes === null ? null : [bytes];
  });
  const possible = written.filter((part) => part !== null);
  return possible.length < written.length ? null : possible;
}

function writeKinds(rows: readonly KindRow[]): GateRules['kinds'] {
  return prepareKindRows(rows).flatMap(({ openParts, text, kind, exact }) => {
    const bytes = bytesTextOf(text);
    return bytes === null ? [] : [{ openParts, text: bytes, kind, exact }];
  });
}

/** Every kind of threat; the type makes a new one fail here. */
const KINDS: Readonly<Record<ThreatKind, true>> = {
  virus: true,
  trojan: true,
  worm: true,
  ransomware: true,
  miner: true,
  webshell: true,
  exploit: true,
  dropper: true,
  macro: true,
  pua: true,
  test: true,
  other: true,
};

function passKindsOf({ action }: RealtimeSettings, table: ActionTable): readonly ThreatKind[] {
  return (Object.keys(KINDS) as ThreatKind[]).filter(
    (kind) =>
      planAction({ operatingSystem: 'linux', scanKind: 'realtime', setting: action, kind, table }).primary === 'pass',
  );
}
