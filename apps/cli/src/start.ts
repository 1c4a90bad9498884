// SPDX-License-Identifier: Apache-2.0
// ./start: the agent in the foreground with a demo policy over ./demo, shown at work. `--once`: the whole journey, then the end;
// exit code 0 only if every step did what it must. Its last line is JSON.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import {
  connectControl,
  readLogLevel,
  readOptions,
  runDaemon,
  type ControlClient,
  type LogLevel,
} from '@lazaret/agent';
import { LazaretError } from '@lazaret/core';
import type { ProductPaths } from '@lazaret/platform';
import { EXIT, print, printJson, reportError } from './output.ts';
import { ownPaths } from './product.ts';
import { goJourney } from './start/journey.ts';

const end = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end.abort());

async function start(): Promise<number> {
  const startedAt = performance.now();
  const options = readOptions({ once: { type: 'boolean', default: false } });
  const level = readLogLevel(process.env['LAZARET_LOG_LEVEL'], 'warn');
  const paths = ownPaths();
  const demo = join(paths.programs, 'demo');
  const running = await connectControl(paths.controlSocket);
  const daemon = running === null ? startDaemon(paths, demo, level) : null;
  const agent = running ?? (await daemon?.connected);
  if (agent === undefined) return EXIT.error;
  print(running === null ? 'The agent runs.' : 'An agent of this checkout runs already; it is used.');
  const journey = await goJourney(agent, demo, print);
  sayWhatNext();
  agent.close();
  if (options.once) {
    end.abort();
    await daemon?.ended;
    rmSync(join(demo, 'documents.zip'), { force: true });
    printJson({
      ok: true,
      detections: journey.detections.length,
      restored: journey.restored,
      elapsedMs: Math.round(performance.now() - startedAt),
    });
  } else if (daemon !== null) {
    print('The agent goes on in this terminal; Ctrl-C ends it.');
    await daemon.ended;
  }
  return EXIT.ok;
}

function startDaemon(
  paths: ProductPaths,
  demo: string,
  level: LogLevel,
): { connected: Promise<ControlClient>; ended: Promise<void> } {
  const policyFile = demoPolicy(paths, demo);
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const log = pino({ name: 'lazaret-agent', level });
  const ended = runDaemon({ paths, policyFile, log, signal: end.signal, onReady: resolve });
  const connected = Promise.race([ready, ended]).then(async () => {
    const client = await connectControl(paths.controlSocket);
    if (client === null)
      throw new LazaretError('agent.not_running', 'The agent did not come up.', { where: paths.controlSocket });
    return client;
  });
  ended.catch(() => {});
  return { connected, ended };
}

/** Only the demo folder is looked at by the clock, until somebody writes a policy of their own. */
function demoPolicy(paths: ProductPaths, demo: string): string {
  if (existsSync(paths.policyFile)) return paths.policyFile;
  mkdirSync(paths.state, { recursive: true, mode: 0o700 });
  mkdirSync(demo, { recursive: true });
  const list = `    kind: list\n    entries:\n      - path: ${JSON.stringify(demo)}\n        subdirectories: true\n`;
  const text = `# Made by ./start: looks only at the demo folder. docs/reference/policy.md tells what else a policy can say.
name: demo
scheduled:
  directories:
${list}  schedule: { kind: daily, at: "02:00", every: day }
manual:
  action: { kind: recommended }
`;
  writeFileSync(paths.policyFile, text, { mode: 0o600 });
  return paths.policyFile;
}

function sayWhatNext(): void {
  print(`
Try next, in another terminal:
  ./lazaret scan /usr/local                        look at something real (nothing is changed without --action)
  ./lazaret quarantine list                        what was taken
  ./lazaret explain /etc/passwd                    is it scanned, and which rule says so
  ./lazaret schedule next --schedule '{"kind":"weekly","at":"23:00","days":["friday"]}'
  ./lazaret agent status                           what runs, what protects
  ./lazaret --help
`);
}

try {
  process.exitCode = await start();
} catch (error) {
  reportError(error, false);
  process.exitCode = EXIT.error;
  end.abort();
}
