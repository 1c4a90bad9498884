// SPDX-License-Identifier: Apache-2.0
// Every path of the product comes from here, so that two checkouts and an installed product live side by side.
import { createHash } from 'node:crypto';
import { join } from 'node:path';

export interface ProductPaths {
  /** Where programs, native parts and the starter patterns lie (a checkout or /opt/lazaret). */
  readonly programs: string;
  /** What outlives a restart: vault, database, patterns, spool. */
  readonly state: string;
  /** What does not: sockets and locks. Short, because a Unix socket's path ends at 107 bytes. */
  readonly run: string;
  readonly vault: string;
  readonly database: string;
  readonly patterns: string;
  readonly spool: string;
  readonly policyFile: string;
  readonly runLock: string;
  readonly controlSocket: string;
  readonly engineSocket: string;
  readonly clamdSocket: string;
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
    runLock: join(run, 'scan.lock'),
    controlSocket: join(run, 'agent.sock'),
    engineSocket: join(run, 'scanner.sock'),
    clamdSocket: join(run, 'clamd.sock'),
    scannerProgram: join(programs, '.build/native/bin/lazaret-scanner'),
    starterPatterns: join(programs, 'patterns/starter'),
  };
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
