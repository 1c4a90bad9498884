// SPDX-License-Identifier: Apache-2.0
// What a test tells the scenario process, and what that answers.
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Action } from '@lazaret/core';
import type { PrivateMounts } from '@lazaret/testkit';
import type { ActionOutcome } from '../../packages/agent/src/actions/index.ts';
import type { VaultItem } from '../../packages/agent/src/vault/index.ts';

export type Step =
  | {
      readonly do: 'act';
      readonly primary: Action;
      readonly secondary?: 'quarantine';
      /** Bytes in base64. */
      readonly path: string;
      /** Bash, run between "scan" and action. */
      readonly between?: string;
      /** False: the scan did not read the whole file. */
      readonly hash?: boolean;
    }
  | {
      readonly do: 'restore';
      readonly id?: string;
      /** Bytes in base64. */
      readonly to?: string;
      readonly keepEntry?: boolean;
      readonly unnamedFiles?: boolean;
    }
  | { readonly do: 'recover' }
  | { readonly do: 'list' };

export interface Scenario {
  readonly state: string;
  readonly steps: readonly Step[];
  readonly bytesMax?: number;
  readonly dieAt?: string;
  /** Stops there (SIGSTOP) until somebody lets it go on. */
  readonly stopAt?: string;
  /** Runs without this capability, as in a container: `lease`. */
  readonly withoutCapability?: string;
}

export interface ScenarioResult {
  readonly results: readonly unknown[];
  readonly reached: readonly string[];
  readonly maxResidentKilobytes: number;
}

const PROGRAM = fileURLToPath(new URL('./scenario.ts', import.meta.url));

/** Null when the process was killed, as it was told to. */
export function runScenario(mounts: PrivateMounts, scenario: Scenario): ScenarioResult | null {
  const { withoutCapability: capability } = scenario;
  const prefix = capability === undefined ? [] : ['setpriv', `--bounding-set=-${capability}`];
  const [command, ...argv] = [...prefix, process.execPath, PROGRAM, JSON.stringify(scenario)];
  const child = mounts.run(command, ...argv);
  // nsenter runs the program in its own place, so the signal is seen here.
  if (scenario.dieAt !== undefined && child.signal === 'SIGKILL') return null;
  if (child.status !== 0) throw new Error(`the scenario failed (${child.status}, ${child.signal}): ${child.stderr}`);
  return JSON.parse(child.stdout) as ScenarioResult;
}

/** Starts a scenario without waiting for it. */
export function startScenario(mounts: PrivateMounts, scenario: Scenario): ChildProcess {
  return mounts.start(process.execPath, PROGRAM, JSON.stringify(scenario));
}

export function base64(path: string | Buffer): string {
  return Buffer.from(path).toString('base64');
}

/** The first result as an action's outcome, the last as the vault's list. */
export function outcomeOf(result: ScenarioResult | null): ActionOutcome {
  return result?.results[0] as ActionOutcome;
}

export function listOf(result: ScenarioResult | null): readonly VaultItem[] {
  return result?.results.at(-1) as readonly VaultItem[];
}
