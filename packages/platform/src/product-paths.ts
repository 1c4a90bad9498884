// SPDX-License-Identifier: Apache-2.0
// Every path of the product comes from here, so that two checkouts and an installed product live side by side.
import { createHash } from 'node:crypto';
import { join } from 'node:path';

export interface ProductPaths {
  /** Where programs, native parts and the starter patterns lie (a checkout or /opt/lazaret). */
  readonly programs: string;
  /** What outlives a restart: vault, database, patterns, spool. */
  readonly state: string;
  /** What does not: sockets and locks. Nobody else may enter it. Short, because a Unix socket's path ends at 107 bytes. */
  readonly run: string;
  readonly vault: string;
  readonly database: string;
  readonly patterns: string;
  readonly spool: string;
  readonly policyFile: string;
  readonly runLock: string;
  readonly controlSocket: string;
  readonly engineSocket: string;
  /** In a directory of its own, the only one that every user may enter. */
  readonly clamdSocket: string;
  /** The gate listens there, the agent connects. */
  readonly gateSocket: string;
  /** Touched while real-time is on. */
  readonly realtimeAlive: string;
  readonly supervisorProgram: string;
  readonly gateProgram: string;
  readonly clamdDoorProgram: string;
  readonly scannerProgram: string;
  readonly starterPatterns: string;
}

/** The environment variables that move a product elsewhere (tests, packages). */
export interface PathEnvironment {
  readonly LAZARET_STATE?: string | undefined;
  readonly LAZARET_RUN?: string | undefined;
}

/** Paths of the product whose programs lie in `programs`; a checkout is told from others by its folder's hash. */
export function productPaths(programs: string, environment: PathEnvironment): ProductPaths {
  const name = programs === '/opt/lazaret' ? 'lazaret' : `lazaret-${shortHash(programs)}`;
  const state = environment.LAZARET_STATE ?? join('/var/opt', name);
  const run =
    environment.LAZARET_RUN ??
    (environment.LAZARET_STATE ? join('/run', `lazaret-${shortHash(state)}`) : join('/run', name));
  return {
    programs,
    state,
    run,
    vault: join(state, 'vault'),
    database: join(state, 'agent.sqlite'),
    patterns: join(state, 'patterns'),
    spool: join(state, 'spool'),
    policyFile: join(state, 'policy.yaml'),
    runLock: join(run, 'runs.lock'),
    controlSocket: join(run, 'agent.sock'),
    engineSocket: join(run, 'scanner.sock'),
    clamdSocket: join(`${run}-clamd`, 'clamd.sock'),
    gateSocket: join(run, 'gate.sock'),
    realtimeAlive: join(state, 'realtime-alive'),
    supervisorProgram: join(programs, '.build/native/bin/lazaret-supervisor'),
    gateProgram: join(programs, '.build/native/bin/lazaret-gate'),
    clamdDoorProgram: join(programs, '.build/native/bin/lazaret-clamd-door'),
    scannerProgram: join(programs, '.build/native/bin/lazaret-scanner'),
    starterPatterns: join(programs, 'patterns/starter'),
  };
}

/** Where a manager keeps what is its own. It shares nothing with an agent of the same machine. */
export interface ManagerPaths {
  readonly programs: string;
  /** What outlives a restart. Others may pass through it (0711), because the database's user lives inside. */
  readonly state: string;
  readonly run: string;
  /** Data directory of the manager's own PostgreSQL. */
  readonly postgresData: string;
  /** Directory of its socket; short, as every socket's path. */
  readonly postgresSocket: string;
  /** The key that seals secrets in the database; must be in every backup. */
  readonly keyFile: string;
  readonly consoleFiles: string;
}

export interface ManagerPathEnvironment {
  readonly LAZARET_MANAGER_STATE?: string | undefined;
  readonly LAZARET_MANAGER_RUN?: string | undefined;
}

export function managerPaths(programs: string, environment: ManagerPathEnvironment): ManagerPaths {
  const name = programs === '/opt/lazaret' ? 'lazaret-manager' : `lazaret-manager-${shortHash(programs)}`;
  const moved = environment.LAZARET_MANAGER_STATE;
  const state = moved ?? join('/var/opt', name);
  const run =
    environment.LAZARET_MANAGER_RUN ??
    (moved === undefined ? join('/run', name) : join('/run', `lazaret-manager-${shortHash(moved)}`));
  return {
    programs,
    state,
    run,
    postgresData: join(state, 'postgres'),
    postgresSocket: join(run, 'postgres'),
    keyFile: join(state, 'keys', 'installation.key'),
    consoleFiles: join(programs, 'apps/console/dist'),
  };
}

/** TCP ports: of the console and API, of the agents' link, and of the stand-by of an agent (SY-7). */
export interface ProductPorts {
  readonly console: number;
  readonly link: number;
  readonly knock: number;
}

/** A checkout has ports of its own, below the range that Linux gives to outgoing connections (32768–60999). */
export function productPorts(programs: string): ProductPorts {
  if (programs === '/opt/lazaret') return { console: 4443, link: 4120, knock: 4118 };
  const first = 20_000 + (Number.parseInt(shortHash(programs).slice(0, 8), 16) % 4_000) * 3;
  return { console: first, link: first + 1, knock: first + 2 };
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
