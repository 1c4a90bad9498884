// SPDX-License-Identifier: Apache-2.0
// Asks the running agent, or does it here when there is none: under the lock, so that never two processes own state and vault.
import { existsSync, rmSync } from 'node:fs';
import {
  connectControl,
  identityStore,
  loadPolicyFile,
  openAgent,
  openAgentSpool,
  openAgentState,
  readKeptPolicy,
  tryRunLock,
  type Agent,
  type ControlClient,
  type PolicyInForce,
  type QuarantineParts,
  type RunLock,
} from '@lazaret/agent';
import { LazaretError } from '@lazaret/core';
import { systemClock, type ProductPaths } from '@lazaret/platform';
import type { z } from 'zod';
import { readAnswer } from './agent-answers.ts';
import { requireRoot } from './product.ts';

export function policyInForce(paths: ProductPaths, file?: string): PolicyInForce {
  if (file !== undefined) return loadPolicyFile(file);
  return readKeptPolicy({ own: paths.policyFile, manager: identityStore(paths.state).policyFile });
}

/** An agent that died is followed by its next one within so long, where something follows it. */
const FOLLOWED_MS = 3_000;
const LOOK_MS = 200;

/** Who may do it: the agent, or we under the lock. */
type Doer = { readonly agent: ControlClient } | { readonly lock: RunLock };

/**
 * Waits for either: the lock may be held by an agent that is only starting, and would never be ours. `onWait` is told once when it has to wait for the lock.
 * Rejects with `scan.cancelled` when `signal` aborts first.
 */
export async function agentOrLock(
  { controlSocket, runLock }: ProductPaths,
  onWait: () => void,
  signal?: AbortSignal,
): Promise<Doer> {
  // A socket that nobody listens at: its agent was killed. The next one is to have its lock before we have.
  const aloneAtMs = performance.now() + (existsSync(controlSocket) ? FOLLOWED_MS : 0);
  for (let told = false; !signal?.aborted; await systemClock.sleep(LOOK_MS, signal)) {
    const agent = await connectControl(controlSocket);
    if (agent !== null && !signal?.aborted) return { agent };
    agent?.close();
    requireRoot();
    if (performance.now() < aloneAtMs) continue;
    const lock = tryRunLock(runLock);
    if (lock !== null) {
      rmSync(controlSocket, { force: true });
      return { lock };
    }
    if (!told) onWait();
    told = true;
  }
  throw new LazaretError('scan.cancelled', 'The scan was cancelled.');
}

interface Question<T> {
  readonly method: string;
  readonly params: unknown;
  readonly answer: z.ZodType<T>;
}

/** The answer of the agent's method, or of `here` when no agent runs. */
export async function askAgentOr<T>(
  paths: ProductPaths,
  { method, params, answer }: Question<T>,
  here: () => Promise<T>,
): Promise<T> {
  const doer = await agentOrLock(paths, () => note('Another scan is running. Waiting for it to end.'));
  try {
    return 'agent' in doer ? readAnswer(method, await doer.agent.call(method, params), answer) : await here();
  } finally {
    if ('agent' in doer) doer.agent.close();
    else doer.lock.release();
  }
}

/** The answer of the agent's method; an error where no agent runs. */
export async function askAgent(paths: ProductPaths, method: string, params: unknown = null): Promise<unknown> {
  const agent = await connectControl(paths.controlSocket);
  if (agent === null)
    throw new LazaretError('agent.not_running', 'No agent is running.', { where: paths.controlSocket });
  try {
    return await agent.call(method, params);
  } finally {
    agent.close();
  }
}

const note = (text: string): void => void process.stderr.write(`${text}\n`);

/** State and vault, without an engine. */
export async function withVault<T>(paths: ProductPaths, work: (parts: QuarantineParts) => Promise<T>): Promise<T> {
  const inForce = policyInForce(paths);
  const state = openAgentState({
    paths,
    clock: systemClock,
    inForce: () => inForce,
    onRecovery: ({ kind, path }) => note(`${path.toString()}: ${kind}`),
  });
  const options = { paths, clock: systemClock, inForce: () => inForce };
  const spool = openAgentSpool(options, state.database, () => null);
  try {
    return await work({ vault: state.vault, spool });
  } finally {
    spool.close();
    state.close();
  }
}

/** Everything, engine included. */
export async function withWholeAgent<T>(paths: ProductPaths, work: (agent: Agent) => Promise<T>): Promise<T> {
  const inForce = policyInForce(paths);
  const agent = await openAgent({
    paths,
    clock: systemClock,
    inForce: () => inForce,
    onProblem: (error) => note(`${error.message} (${error.code})`),
    onRecovery: ({ kind, path }) => note(`${path.toString()}: ${kind}`),
  });
  try {
    return await work(agent);
  } finally {
    await agent.close();
  }
}

/** One agent, or one real-time scan in the foreground, a state. */
export async function requireNoAgent({ controlSocket }: ProductPaths): Promise<void> {
  const agent = await connectControl(controlSocket);
  agent?.close();
  if (agent !== null)
    throw new LazaretError('realtime.runs_already', 'An agent is already running on this VM.', {
      where: controlSocket,
    });
}
