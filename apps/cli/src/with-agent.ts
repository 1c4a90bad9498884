// SPDX-License-Identifier: Apache-2.0
// Asks the running agent, or does it here when there is none: under the lock, so that never two processes own state and vault.
import { existsSync } from 'node:fs';
import {
  connectControl,
  defaultInForce,
  loadPolicyFile,
  openAgent,
  openAgentSpool,
  openAgentState,
  waitForRunLock,
  type Agent,
  type PolicyInForce,
  type QuarantineParts,
} from '@lazaret/agent';
import { LazaretError } from '@lazaret/core';
import { systemClock, type ProductPaths } from '@lazaret/platform';
import { requireRoot } from './product.ts';

export function policyInForce(paths: ProductPaths, file?: string): PolicyInForce {
  if (file !== undefined) return loadPolicyFile(file);
  return existsSync(paths.policyFile) ? loadPolicyFile(paths.policyFile) : defaultInForce();
}

/** The answer of the agent's method, or of `here` when no agent runs. */
export async function askAgentOr<T>(
  paths: ProductPaths,
  method: string,
  params: unknown,
  here: () => Promise<T>,
): Promise<T> {
  const agent = await connectControl(paths.controlSocket);
  if (agent === null) return await underLock(paths, here);
  try {
    return (await agent.call(method, params)) as T;
  } finally {
    agent.close();
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

async function underLock<T>(paths: ProductPaths, work: () => Promise<T>): Promise<T> {
  requireRoot();
  const lock = await waitForRunLock(paths.runLock, systemClock, () =>
    process.stderr.write('Waiting for the end of a running scan.\n'),
  );
  try {
    return await work();
  } finally {
    lock?.release();
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
