// SPDX-License-Identifier: Apache-2.0
// Wires the parts of one agent: state, spool, vault, releases, engine, runs. The one place that knows how they hang together,
// used by the daemon and by a scan in the foreground alike. Owns all of them; `close` lets go in the opposite order.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Clock, ProductPaths } from '@lazaret/platform';
import { LazaretError } from '@lazaret/core';
import { HOST } from '@lazaret/host';
import type { Host } from '@lazaret/host/ports';
import { Journal, recoverActions, type Recovery } from '../actions/index.ts';
import { openLocalCeiling, type LocalCeiling } from '../ceiling/index.ts';
import { startEngine, type Engine } from '../engine/index.ts';
import type { PolicyInForce } from '../policy/index.ts';
import { envelopeStamp, openSpool, type Spool } from '../spool/index.ts';
import {
  ensurePrivatePlace,
  openState,
  readEpoch,
  runStore,
  type RunStore,
  type StateDatabase,
} from '../state/index.ts';
import { releaseLoader, releaseStore, type Release, type ReleaseLoader, type ReleaseStore } from '../update/index.ts';
import { Vault } from '../vault/index.ts';
import { givenPatternsLoader, loadGivenPatterns } from './given-patterns.ts';

export interface AgentOptions {
  readonly paths: ProductPaths;
  readonly clock: Clock;
  readonly inForce: () => PolicyInForce;
  /** Why the newest policy is not the one in force; null where it is. */
  readonly policyFault?: () => LazaretError | null;
  readonly onProblem: (error: LazaretError) => void;
  /** What actions left behind when the last process died, tidied up. */
  readonly onRecovery: (recovery: Recovery) => void;
  /** ClamAV's own database, used when it is installed. */
  readonly clamavDatabase?: string;
  /** False: no engine is started; for a run that brings patterns, and with them an engine, of its own. */
  readonly withEngine?: boolean;
  /** lazaret-supervisor started us, and starts the scanner. */
  readonly supervised?: boolean;
  /** A directory that the engine loads instead of the active release. */
  readonly patterns?: string;
}

export interface Agent {
  readonly host: Host;
  readonly paths: ProductPaths;
  readonly clock: Clock;
  readonly database: StateDatabase;
  readonly runs: RunStore;
  readonly spool: Spool;
  readonly vault: Vault;
  readonly journal: Journal;
  readonly releases: ReleaseStore;
  readonly loader: ReleaseLoader;
  readonly engine: Engine;
  /** AC-14. */
  readonly ceiling: LocalCeiling;
  inForce(): PolicyInForce;
  policyFault(): LazaretError | null;
  /** The release that the engine has loaded. */
  activeRelease(): Release;
  close(): Promise<void>;
}

export const CLAMAV_DATABASE = '/var/lib/clamav';

/** State and vault without an engine: enough to list, restore and delete. */
export interface AgentState {
  readonly database: StateDatabase;
  readonly vault: Vault;
  readonly journal: Journal;
  close(): void;
}

export function openAgentState(options: Pick<AgentOptions, 'paths' | 'clock' | 'inForce' | 'onRecovery'>): AgentState {
  const { paths, clock } = options;
  ensurePrivatePlace(paths.state);
  const database = openState(paths.database);
  const limits = options.inForce().policy.vault;
  const vault = new Vault({
    host: HOST,
    directory: paths.vault,
    keyDirectory: join(paths.state, 'keys'),
    limits,
    nowMs: () => clock.nowMs(),
    random: randomBytes,
  });
  const journal = new Journal(join(paths.state, 'actions'), HOST);
  for (const recovery of recoverActions({ files: HOST.files, vault, journal, random: randomBytes }))
    options.onRecovery(recovery);
  const close = (): void => {
    vault.close();
    database.close();
  };
  return { database, vault, journal, close };
}

export async function openAgent(options: AgentOptions): Promise<Agent> {
  const { paths, clock } = options;
  const state = openAgentState(options);
  const withEngine = options.withEngine ?? true;
  const engine = withEngine ? await startAgentEngine(paths, paths.engineSocket, options.supervised) : noEngine;
  const releases = releaseStore(paths.patterns);
  let given: Release | null = null;
  let loader = releaseLoader({
    store: releases,
    engine,
    clock,
    starter: paths.starterPatterns,
    clamavDatabase: options.clamavDatabase ?? CLAMAV_DATABASE,
    stampFile: join(paths.patterns, 'default-sources'),
    onProblem: options.onProblem,
  });
  try {
    if (options.patterns !== undefined) {
      given = await loadGivenPatterns(engine, options.patterns, paths);
      loader = givenPatternsLoader(given);
    } else if (withEngine) await loader.loadActive();
  } catch (error) {
    await engine.close();
    state.close();
    throw error;
  }
  const active = (): Release | null => given ?? releases.active();
  const spool = openAgentSpool(options, state.database, () => active()?.manifest.id ?? null);
  const ceiling = openLocalCeiling({
    paths,
    database: state.database,
    nowMs: () => clock.nowMs(),
    onBrake: () => spool.append('alarm', { alarm: 'quarantine-brake' }, true),
  });
  return {
    host: HOST,
    paths,
    clock,
    ...state,
    runs: runStore(state.database),
    spool,
    releases,
    loader,
    engine,
    ceiling,
    inForce: options.inForce,
    policyFault: options.policyFault ?? (() => null),
    activeRelease: () => {
      const release = active();
      if (release === null) throw new LazaretError('scanner.not_loaded', 'No patterns are active.');
      return release;
    },
    close: async () => {
      await engine.close();
      spool.close();
      state.close();
    },
  };
}

/** The spool with its envelope: also for what is done without an engine. */
export function openAgentSpool(
  { paths, clock, inForce }: Pick<AgentOptions, 'paths' | 'clock' | 'inForce'>,
  database: StateDatabase,
  patternRelease: () => string | null,
): Spool {
  return openSpool(
    paths.spool,
    envelopeStamp({ clock, epoch: () => readEpoch(database), policyHash: () => inForce().hash, patternRelease }),
  );
}

const notLoaded = (): Promise<never> =>
  Promise.reject(new LazaretError('scanner.not_loaded', 'This run was started without a scan engine.'));

/** Stands where a run has no use for the VM's own engine. */
const noEngine: Engine = {
  scan: notLoaded,
  load: notLoaded,
  status: notLoaded,
  profileBytes: notLoaded,
  close: () => Promise.resolve(),
};

export function startAgentEngine(paths: ProductPaths, socketPath: string, supervised = false): Promise<Engine> {
  return startEngine({
    sockets: HOST.sockets,
    program: paths.scannerProgram,
    socketPath,
    workers: availableParallelism(),
    supervised,
  });
}
