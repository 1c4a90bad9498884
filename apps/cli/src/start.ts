// SPDX-License-Identifier: Apache-2.0
// ./start: the manager and an agent of this checkout, shown at work. `--once`: the whole journey, then the end; exit code 0 only if every step did what it
// must. Its last line is JSON.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLogLevel, readOptions } from '@lazaret/agent';
import type { Action } from '@lazaret/core';
import { productPorts, type ProductPaths } from '@lazaret/platform';
import { EXIT, print, printJson, reportError } from './output.ts';
import { ownPaths } from './product.ts';
import { makeAdminLink, openTenant } from './start/first-run.ts';
import { goJourney } from './start/journey.ts';
import { openMailbox } from './start/mailbox.ts';
import { bringUp, type Services } from './start/services.ts';

const end = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end.abort());

async function start(): Promise<number> {
  const startedAt = performance.now();
  const options = readOptions({ once: { type: 'boolean', default: false } });
  readLogLevel(process.env['LAZARET_LOG_LEVEL'], 'error');
  const paths = ownPaths();
  const services = await bringUp(paths, demoPolicyFile(paths));
  try {
    return await show(paths, services, options.once, startedAt);
  } finally {
    await services.stop();
  }
}

async function show(paths: ProductPaths, services: Services, once: boolean, startedAt: number): Promise<number> {
  const { managerUrl: url, found } = services;
  print(found.manager ? 'The manager of this checkout runs already; it is used.' : 'The manager runs.');
  print(found.agent ? 'An agent of this checkout runs already; it is used.' : 'The agent runs.');
  const demo = join(paths.programs, 'demo');
  const policyWith = (action: Action): unknown => demoPolicy(demo, action);
  const mailbox = await openMailbox(mailPort(paths), ({ to, subject }) => {
    if (!once) print(`(mail to ${to}: ${subject})`);
  });
  const agent = await services.agent();
  try {
    const tenant = await openTenant({ paths, url, mailPort: mailbox.port, policy: policyWith('pass') });
    const journey = await goJourney({ tenant, agent, mailbox, demo, policyWith, say: print });
    const urls = { consoleUrl: `${url}/`, openapiUrl: `${url}/api/v1/openapi.json` };
    if (once) {
      printJson({ ...journey, ...urls, elapsedMs: Math.round(performance.now() - startedAt) });
      return EXIT.ok;
    }
    sayWhatNext(urls.consoleUrl, makeAdminLink(paths, url));
    await Promise.race([services.ended, untilAborted(end.signal)]);
    return EXIT.ok;
  } finally {
    agent.close();
    await mailbox.close();
  }
}

/** Beside the ports of the checkout, below those that Linux gives to outgoing connections. */
function mailPort({ programs }: ProductPaths): number {
  return productPorts(programs).console - 10_000;
}

/** Only the demo folder is looked at, by whatever kind of scan. */
function demoPolicy(demo: string, action: Action): unknown {
  const scan = {
    directories: { kind: 'list', entries: [{ path: demo, subdirectories: true }] },
    action: { kind: 'custom', primary: action },
  };
  return {
    name: 'demo',
    scheduled: { ...scan, schedule: { kind: 'daily', at: '02:00', every: 'day' } },
    manual: scan,
  };
}

/** What an agent of this checkout has before a manager gives it something else. */
function demoPolicyFile(paths: ProductPaths): string {
  if (existsSync(paths.policyFile)) return paths.policyFile;
  const demo = join(paths.programs, 'demo');
  mkdirSync(paths.state, { recursive: true, mode: 0o700 });
  mkdirSync(demo, { recursive: true });
  rmSync(join(demo, 'documents.zip'), { force: true });
  const text = JSON.stringify(demoPolicy(demo, 'quarantine'), null, 2);
  writeFileSync(
    paths.policyFile,
    `# Made by ./start: looks only at the demo folder. docs/reference/policy.md tells what else a policy can say.\n${text}\n`,
    { mode: 0o600 },
  );
  return paths.policyFile;
}

function sayWhatNext(consoleUrl: string, adminLink: string): void {
  print(`
Open the console: ${consoleUrl}
  Your account there: ${adminLink}
  (a link that is good once: set a password of your own)

Try next, in another terminal:
  ./lazaret scan /usr/local                        look at something real (nothing is changed without --action)
  ./lazaret agent status                           what runs, what protects, which manager
  ./lazaret quarantine list                        what was taken
  ./lazaret explain /etc/passwd                    is it scanned, and which rule says so
  ./lazaret --help

Manager and agent go on in this terminal; Ctrl-C ends them.
`);
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

try {
  process.exitCode = await start();
} catch (error) {
  reportError(error, false);
  process.exitCode = EXIT.error;
}
