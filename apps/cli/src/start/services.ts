// SPDX-License-Identifier: Apache-2.0
// Manager and agent (below its supervisor) of this checkout as processes of their own: those that run already are used, those that do not are started and ended by us. Owns the
// processes that it started. They have a process group of their own: Ctrl-C is for ./start, which ends them in their order.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectControl, type ControlClient } from '@lazaret/agent';
import { LazaretError } from '@lazaret/core';
import { productPorts, type ProductPaths } from '@lazaret/platform';
import { supervisorCommand } from '../supervisor/supervisor-command.ts';

export interface Services {
  readonly managerUrl: string;
  /** Whether each ran before. */
  readonly found: { readonly manager: boolean; readonly agent: boolean };
  agent(): Promise<ControlClient>;
  /** Resolves when one that we started has ended by itself. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const UP_MS = 120_000;
const LOOK_AGAIN_MS = 100;

export async function bringUp(paths: ProductPaths, policyFile: string): Promise<Services> {
  const started: ChildProcess[] = [];
  const start = ([program, ...argv]: readonly [string, ...string[]]): ChildProcess => {
    const child = spawn(program, argv, {
      // What they log is no answer of ours.
      stdio: ['ignore', 2, 2],
      env: { ...process.env, LAZARET_LOG_LEVEL: process.env['LAZARET_LOG_LEVEL'] ?? 'error' },
      detached: true,
    });
    started.push(child);
    return child;
  };
  const stop = async (): Promise<void> => {
    // The agent first: it says goodbye to its manager.
    for (const child of started.toReversed()) await endChild(child);
  };
  try {
    const managerUrl = `http://127.0.0.1:${productPorts(paths.programs).console}`;
    const isManagerUp = await answers(managerUrl);
    if (!isManagerUp) await untilUp(start(managerCommand(paths)), () => answers(managerUrl));
    const isAgentUp = await isAgentRunning(paths);
    const agentCommand = supervisorCommand(paths, ['apps/agent/src/main.ts', '--policy', policyFile]);
    if (!isAgentUp) await untilUp(start(agentCommand), () => isAgentRunning(paths));
    return {
      managerUrl,
      found: { manager: isManagerUp, agent: isAgentUp },
      agent: () => connectAgent(paths),
      ended: Promise.race([
        new Promise<never>(() => {}),
        ...started.map(async (child) => void (await once(child, 'exit'))),
      ]),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function managerCommand({ programs }: ProductPaths): readonly [string, ...string[]] {
  const program = join(programs, 'apps/manager/src/main.ts');
  return [join(programs, 'tools/product-node'), program, '--agents-address', '127.0.0.1'];
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok;
  } catch {
    return false;
  }
}

async function isAgentRunning(paths: ProductPaths): Promise<boolean> {
  const client = await connectControl(paths.controlSocket);
  client?.close();
  return client !== null;
}

async function connectAgent(paths: ProductPaths): Promise<ControlClient> {
  const client = await connectControl(paths.controlSocket);
  if (client !== null) return client;
  throw new LazaretError('agent.not_running', 'The agent did not start.', { where: paths.controlSocket });
}

async function untilUp(child: ChildProcess, isUp: () => Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + UP_MS;
  while (performance.now() < untilMs) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    if (await isUp()) return;
    await delay(LOOK_AGAIN_MS);
  }
  throw new LazaretError('start.journey', `A service did not start: ${child.spawnargs.slice(1).join(' ')}.`);
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
