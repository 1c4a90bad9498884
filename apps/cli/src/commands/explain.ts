// SPDX-License-Identifier: Apache-2.0
// `lazaret explain PATH`: is it scanned, by which kinds, and which rule decides.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import {
  acceptPolicy,
  connectControl,
  explainFile,
  readReleaseTables,
  releaseStore,
  type PolicyInForce,
} from '@lazaret/agent';
import { isNetworkPath, LazaretError } from '@lazaret/core';
import type { ProductPaths } from '@lazaret/platform';
import { formatExplained } from '../explain-for-people.ts';
import { EXIT, print, printJson, runCommand } from '../output.ts';
import { ownPaths, requireRoot } from '../product.ts';
import { policyInForce } from '../with-agent.ts';

interface ExplainOptions {
  readonly policy?: string;
  readonly json?: boolean;
}

export function addExplain(program: Command): void {
  program
    .command('explain')
    .description('Show whether a path is scanned, by which kinds of scan, and which policy rule decides.')
    .argument('<path>', 'path of a file or directory; it need not exist')
    .option('--policy <file>', "use this policy file instead of the agent's policy")
    .option('--json', 'print one line of JSON')
    .action((path: string, options: ExplainOptions) => runCommand(options.json ?? false, () => explain(path, options)));
}

async function explain(path: string, options: ExplainOptions): Promise<number> {
  if (isNetworkPath(path))
    throw new LazaretError('targets.network', `"${path}" is a network drive. Lazaret never scans network drives.`, {
      where: path,
    });
  requireRoot();
  const paths = ownPaths();
  const active = releaseStore(paths.patterns).active();
  const tables = readReleaseTables(active?.directory ?? paths.starterPatterns, paths.starterPatterns);
  const explained = explainFile(Buffer.from(resolve(path)), {
    inForce: await policyOf(paths, options.policy),
    tables,
    ownDirectories: [paths.state, paths.run],
    nowMs: Date.now(),
  });
  if (options.json) printJson(explained);
  else for (const line of formatExplained(explained)) print(line);
  return EXIT.ok;
}

/** The given file's, else the running agent's, else the one that the next start would take. */
async function policyOf(paths: ProductPaths, file: string | undefined): Promise<PolicyInForce> {
  const agent = file === undefined ? await connectControl(paths.controlSocket) : null;
  if (agent === null) return policyInForce(paths, file);
  try {
    return acceptPolicy(await agent.call('policy.inForce'), "the agent's policy", { unknown: 'kept' });
  } finally {
    agent.close();
  }
}
