// SPDX-License-Identifier: Apache-2.0
// ./start: the manager and an agent of this checkout, shown at work. `--once`: the whole journey, then the end; exit code 0 only if every step did what it
// must. Its last line is JSON.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { readLogLevel, readOptions } from '@lazaret/agent';
import { productPorts, spareMemory, type ProductPaths } from '@lazaret/platform';
import { EXIT, print, printJson, reportError } from './output.ts';
import { ownPaths } from './product.ts';
import { openDemoFolder, type DemoFolder } from './start/demo-folder.ts';
import { demoPolicy, type DemoChoices } from './start/demo-policy.ts';
import { makeAdminLink, openTenant } from './start/first-run.ts';
import { endRealtime, goJourney, LOOK_ONLY } from './start/journey.ts';
import { openMailbox } from './start/mailbox.ts';
import { bringUp, type Services } from './start/services.ts';

const end = new AbortController();
spareMemory();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end.abort());

async function start(): Promise<number> {
  const startedAt = performance.now();
  const options = readOptions({ once: { type: 'boolean', default: false } });
  readLogLevel(process.env['LAZARET_LOG_LEVEL'], 'error');
  const paths = ownPaths();
  // Before any agent of ours runs, and gone after it: what the policy names is never a folder of the machine's own file system.
  const demo = openDemoFolder(paths.programs);
  let services: Services | null = null;
  try {
    services = await bringUp(paths, demoPolicyFile(paths, demo.path));
    return await show({ paths, services, demo, once: options.once, startedAt });
  } finally {
    await services?.stop();
    if (services?.found.agent !== true) demo.close();
  }
}

interface Show {
  readonly paths: ProductPaths;
  readonly services: Services;
  readonly demo: DemoFolder;
  readonly once: boolean;
  readonly startedAt: number;
}

async function show({ paths, services, demo, once, startedAt }: Show): Promise<number> {
  const { managerUrl: url, found } = services;
  print(
    found.manager ? 'The manager of this checkout is already running. ./start uses it.' : 'The manager is running.',
  );
  print(found.agent ? 'An agent of this checkout is already running. ./start uses it.' : 'The agent is running.');
  const policyWith = (choices: DemoChoices): unknown => demoPolicy(demo.path, choices);
  const mailbox = await openMailbox(mailPort(paths), ({ to, subject }) => {
    if (!once) print(`(mail to ${to}: ${subject})`);
  });
  const agent = await services.agent();
  try {
    const tenant = await openTenant({ paths, url, mailPort: mailbox.port, policy: policyWith(LOOK_ONLY) });
    const parts = { tenant, agent, mailbox, demo: demo.path, noRealtime: demo.notOwn, policyWith, say: print };
    const journey = await goJourney(parts);
    const urls = { consoleUrl: `${url}/`, openapiUrl: `${url}/api/v1/openapi.json` };
    if (once) {
      await endRealtime(parts, journey.vmId);
      printJson({ ...journey, ...urls, elapsedMs: Math.round(performance.now() - startedAt) });
      return EXIT.ok;
    }
    sayWhatNext(urls.consoleUrl, makeAdminLink(paths, url), journey.realtime.refused);
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

/** What an agent of this checkout has before a manager gives it something else. */
function demoPolicyFile(paths: ProductPaths, demo: string): string {
  if (existsSync(paths.policyFile)) return paths.policyFile;
  mkdirSync(paths.state, { recursive: true, mode: 0o700 });
  const text = JSON.stringify(demoPolicy(demo, { action: 'quarantine', realtime: false }), null, 2);
  writeFileSync(
    paths.policyFile,
    `# Written by ./start. This policy covers only the demo folder. docs/reference/policy.md describes every field.\n${text}\n`,
    { mode: 0o600 },
  );
  return paths.policyFile;
}

function sayWhatNext(consoleUrl: string, adminLink: string, isRefused: boolean): void {
  const refused =
    '  cat demo/eicar.txt                               fails while ./start runs; the console shows who tried\n';
  print(`
Open the console: ${consoleUrl}
  Your account there: ${adminLink}
  (this link works once; use it to set your password)

Try next, in another terminal:
${isRefused ? refused : ''}  ./lazaret scan /usr/local                        scan real files (nothing is changed without --action)
  ./lazaret realtime stats --top                   statistics of real-time scan, and what costs most
  ./lazaret agent status                           running scans, protection, manager
  ./lazaret quarantine list                        quarantined files
  ./lazaret explain /etc/passwd                    is this file scanned, and which rule decides
  ./lazaret --help

The manager and the agent keep running in this terminal. Ctrl-C stops them.
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
