// SPDX-License-Identifier: Apache-2.0
// One process that does what it is told with vault and actions, and may kill itself at a fault point. Run by the tests beside it.
// Argument: a Scenario as JSON. Output: one JSON line, unless it was killed.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { HOST } from '@lazaret/host';
import { type ActionContext, Journal, performAction, recoverActions } from '../../packages/agent/src/actions/index.ts';
import { hashFile, Vault } from '../../packages/agent/src/vault/index.ts';
import type { Scenario, ScenarioResult, Step } from './scenario-types.ts';

async function runStep(step: Step, context: ActionContext): Promise<unknown> {
  switch (step.do) {
    case 'recover':
      return recoverActions(context);
    case 'list':
      return await context.vault.list();
    case 'restore': {
      const [item] = await context.vault.list();
      const outcome = await context.vault.restore(step.id ?? item?.id ?? '', {
        ...(step.to === undefined ? {} : { path: Buffer.from(step.to, 'base64') }),
        keepEntry: step.keepEntry ?? false,
        unnamedFiles: step.unnamedFiles ?? true,
      });
      return { ...outcome, path: outcome.path.toString('base64') };
    }
    case 'act':
      return await act(step, context);
  }
}

async function act(step: Extract<Step, { do: 'act' }>, context: ActionContext): Promise<unknown> {
  const path = Buffer.from(step.path, 'base64');
  const [opened] = await HOST.files.openForScan([{ path }], { noSymlinks: true });
  if (!opened?.opened) return { notOpened: opened?.code };
  try {
    const sha256 = step.hash === false ? null : await hashFile(opened.file);
    if (step.between !== undefined) spawnSync('bash', ['-ec', step.between], { stdio: 'inherit' });
    const file = {
      opened: opened.file,
      path,
      identity: opened.identity,
      sha256,
      threats: [{ name: 'Test.Marker', kind: 'test' as const, layers: [] }],
    };
    return await performAction({ primary: step.primary, secondary: step.secondary ?? null }, file, context);
  } finally {
    opened.file.close();
  }
}

const scenario = JSON.parse(process.argv[2] ?? '') as Scenario;
const reached: string[] = [];
const reach = (point: string): void => {
  reached.push(point);
  if (point === scenario.dieAt) process.kill(process.pid, 'SIGKILL');
  if (point === scenario.stopAt) process.kill(process.pid, 'SIGSTOP');
};
const vault = new Vault({
  host: HOST,
  directory: `${scenario.state}/vault`,
  keyDirectory: `${scenario.state}/keys`,
  limits: { bytesMax: scenario.bytesMax ?? 2 ** 30, retentionDays: 30, warnAtPercent: 80 },
  nowMs: () => Date.now(),
  random: randomBytes,
  reach,
});
const context: ActionContext = {
  files: HOST.files,
  vault,
  journal: new Journal(`${scenario.state}/journal`, HOST),
  random: randomBytes,
  reach,
};
const results: unknown[] = [];
for (const step of scenario.steps) {
  try {
    results.push(await runStep(step, context));
  } catch (error) {
    results.push({ thrown: error instanceof Error && 'code' in error ? error.code : String(error) });
  }
}
const result: ScenarioResult = { results, reached, maxResidentKilobytes: process.resourceUsage().maxRSS };
console.log(JSON.stringify(result));
