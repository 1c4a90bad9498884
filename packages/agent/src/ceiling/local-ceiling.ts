// SPDX-License-Identifier: Apache-2.0
// AC-14: everything that acts for a manager or a policy asks the local ceiling here. Core decides; this file gathers the facts about the VM.
import { join } from 'node:path';
import {
  LazaretError,
  refuseFetch,
  refuseRemoval,
  refuseRestore,
  type RestoreOrder,
  SYSTEM_PLACES,
  type Ceiling,
  type CeilingRefusal,
  type ProtectedFacts,
  type RemovalCause,
} from '@lazaret/core';
import type { ProductPaths } from '@lazaret/platform';
import { asText, mountAliases, placeOf, readHomes, readMounts } from '@lazaret/host';
import type { Mount } from '@lazaret/host/ports';
import type { StateDatabase } from '../state/index.ts';
import { openBrake, type Brake, type BrakeView, type RemovalRun } from './brake.ts';
import { readCeiling } from './ceiling-file.ts';

export interface CeilingView {
  readonly grade: Ceiling['grade'];
  readonly brake: { readonly reason: BrakeView['reason']; readonly since: string } | null;
}

export interface LocalCeiling {
  view(): CeilingView;
  /** Throw `ceiling.strict` or `ceiling.protected_place`. Paths as text. */
  requireFetch(paths: readonly string[]): void;
  requireRestore(order: RestoreOrder): void;
  /** What stands against taking a file away by the policy; null: nothing, and the file is counted as taken. */
  refuseRemoval(cause: RemovalCause, run: RemovalRun): RemovalRefusal | null;
  /** It could not be taken away. */
  notRemoved(runId: string): void;
  releaseBrake(): void;
}

export type RemovalRefusal = CeilingRefusal | { readonly code: 'ceiling.brake'; readonly why: string };

export interface LocalCeilingParts {
  readonly paths: ProductPaths;
  readonly database: StateDatabase;
  readonly nowMs: () => number;
  readonly onBrake: (view: BrakeView) => void;
}

export function ceilingFile(paths: Pick<ProductPaths, 'state'>): string {
  return join(paths.state, 'ceiling.json');
}

export function openLocalCeiling({ paths, database, nowMs, onBrake }: LocalCeilingParts): LocalCeiling {
  const file = ceilingFile(paths);
  const facts = (): ProtectedFacts => readProtectedFacts([paths.state, paths.run, paths.programs], readHomes());
  const brake: Brake = openBrake(database, nowMs, onBrake);
  return {
    view: () => ({ grade: readCeiling(file).grade, brake: viewOf(brake.view()) }),
    requireFetch: (held) => require(refuseFetch(readCeiling(file), held, facts())),
    requireRestore: (order) => require(refuseRestore(readCeiling(file), order, facts())),
    refuseRemoval: (cause, run) => {
      const refused = refuseRemoval(cause, facts());
      if (refused !== null) return refused;
      const held = brake.take(readCeiling(file), run);
      return held === null ? null : { code: 'ceiling.brake', why: BRAKE_WORDS[held.reason] };
    },
    notRemoved: (runId) => brake.giveBack(runId),
    releaseBrake: () => brake.release(),
  };
}

const BRAKE_WORDS: Readonly<Record<BrakeView['reason'], string>> = {
  'per-hour': 'The limit on removals per hour was reached. Somebody must review the detections first.',
  share: 'The limit on the share of removed files in a scan was reached. Somebody must review the detections first.',
};

function require(refusal: CeilingRefusal | null): void {
  if (refusal !== null) throw new LazaretError(refusal.code, refusal.why);
}

function viewOf(view: BrakeView | null): CeilingView['brake'] {
  return view === null ? null : { reason: view.reason, since: new Date(view.sinceMs).toISOString() };
}

/** `/` and what the whole system uses are nobody's home, whatever an account says. */
const NO_HOMES: ReadonlySet<string> = new Set(['', '/', '/nonexistent', '/usr', '/var', '/srv', '/opt', '/home']);

/** Each place by its name, by where links lead from it (a file is known by the path that has none), and by where mounts show it once more. */
export function readProtectedFacts(
  own: readonly string[],
  homes: readonly string[],
  system: readonly string[] = SYSTEM_PLACES,
  mounts: readonly Mount[] = readMounts(),
): ProtectedFacts {
  const seen = mounts.map(asText);
  const allNames = (path: string): readonly string[] =>
    bothNames(path).flatMap((name) => [name].concat(mountAliases(name, seen)));
  return {
    ownDirectories: own.flatMap(allNames),
    homes: homes.filter(isHome).flatMap(allNames).filter(isHome),
    systemElsewhere: system.flatMap(allNames).filter((path) => path !== '/' && !system.includes(path)),
  };
}

function isHome(path: string): boolean {
  return path.startsWith('/') && !NO_HOMES.has(path);
}

function bothNames(path: string): readonly string[] {
  const place = placeOf(Buffer.from(path), { followLast: true });
  const real = place.found ? place.path.toString() : path;
  return real === path ? [path] : [path, real];
}
