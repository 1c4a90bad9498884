// SPDX-License-Identifier: Apache-2.0
// The journey of ./start, each step as a person would do it by the API: add this VM, give it a policy, plant, scan, be told, take one file back, compare.
// A step that does not do what it must throws.
import { chmodSync, chownSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  detectionPageSchema,
  enrolmentCreatedSchema,
  parseEnrolmentToken,
  policyViewSchema,
  quarantinePageSchema,
  quarantineResultsSchema,
  scanSchema,
  scanStartedSchema,
  vmDetailSchema,
  type DetectionRow,
} from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { z } from 'zod';
import type { DemoChoices } from './demo-policy.ts';
import type { Tenant } from './first-run.ts';
import type { JourneyParts } from './journey-parts.ts';
import type { ReceivedMail } from './mailbox.ts';
import { eicar, zipOf } from './samples.ts';
import { tryOpening, type Opening } from './try-opening.ts';
import { until } from './until.ts';

export interface Journey {
  readonly activated: boolean;
  readonly vmId: string;
  readonly policyApplied: boolean;
  readonly detection: {
    readonly id: string;
    readonly path: string;
    readonly threat: string;
    readonly result: string;
    /** From the order by the API to the detection in the API. */
    readonly afterMs: number;
  };
  readonly mail: ReceivedMail;
  readonly restored: { readonly path: string; readonly sameBytes: boolean; readonly sameMetadata: boolean };
  readonly realtime: Opening;
}

export const LOOK_ONLY: DemoChoices = { action: 'pass', realtime: false };
const TAKE: DemoChoices = { action: 'quarantine', realtime: false };
const REFUSE: DemoChoices = { action: 'quarantine', realtime: true };

export async function goJourney(parts: JourneyParts): Promise<Journey> {
  const { say } = parts;
  const vmId = await activate(parts);
  say('This VM now belongs to the manager.');
  await applyPolicy(parts, vmId, LOOK_ONLY);
  say('The policy "demo" is in force. It covers only ./demo, and at first it only reports (action Pass).');
  const planted = plant(parts.demo);
  const seen = await findByScan(parts, vmId, planted.zip);
  say(
    `  found ${seen.threat} in ${seen.path} ${(seen.afterMs / 1000).toFixed(1)} s after the scan was ordered: ${seen.result}`,
  );
  const mail = await until(
    () => Promise.resolve(parts.mailbox.mails.find(({ subject }) => subject.includes(seen.threat)) ?? null),
    'a mail reports the detection',
  );
  say(`  mail to ${mail.to}: ${mail.subject}`);
  await applyPolicy(parts, vmId, TAKE);
  const detection = await findByScan(parts, vmId, planted.path);
  say(`With the action Quarantine: ${detection.path} ${detection.result}`);
  const restored = await takeBack(parts, vmId, planted);
  rmSync(planted.zip, { force: true });
  const realtime = await showRealtime(parts, vmId);
  return { activated: true, vmId, policyApplied: true, detection, mail, restored, realtime };
}

/** Afterwards real-time stays on, and the file where it is: it can be tried again. */
async function showRealtime(parts: JourneyParts, vmId: string): Promise<Opening> {
  const { demo, noRealtime, say } = parts;
  if (noRealtime !== null) {
    say(`This demo does not show real-time scan: ${noRealtime}.`);
    return { state: 'off', reason: noRealtime, refused: false, openedBy: null };
  }
  plantSample(demo);
  await applyPolicy(parts, vmId, REFUSE);
  return await tryOpening(parts, vmId, sampleOf(demo));
}

/** Nothing of the demo stays watched. */
export async function endRealtime(parts: JourneyParts, vmId: string): Promise<void> {
  rmSync(sampleOf(parts.demo), { force: true });
  await applyPolicy(parts, vmId, TAKE);
}

const statusSchema = z.object({
  manager: z.object({ vmId: z.string(), state: z.string(), managers: z.array(z.string()) }).nullable(),
});

/** The VM's id at the manager; an agent that belongs to it already is not activated again, and one of another manager is not taken from it. */
export async function activate({ tenant, agent }: Pick<JourneyParts, 'tenant' | 'agent'>): Promise<string> {
  const { manager } = statusSchema.parse(await agent.call('status'));
  if (manager?.state === 'active' && (await isKnown(tenant, manager.vmId))) return manager.vmId;
  const request = { policyId: tenant.policyId, note: './start' };
  const { secret } = await tenant.api.ask('POST', `${tenant.base}/enrolment-tokens`, enrolmentCreatedSchema, request);
  if (manager !== null) {
    requireOwn(manager.managers, parseEnrolmentToken(secret)?.managers ?? []);
    await agent.call('link.deactivate', { force: true });
  }
  await agent.call('link.activate', { token: secret, name: null });
  const status = statusSchema.parse(await agent.call('status'));
  if (status.manager === null) throw new LazaretError('start.journey', 'The agent was not activated.');
  return status.manager.vmId;
}

function requireOwn(managers: readonly string[], own: readonly string[]): void {
  if (managers.some((address) => own.includes(address))) return;
  throw new LazaretError('start.other_manager', `This VM belongs to the manager at ${managers.join(', ')}.`);
}

async function isKnown({ api, base }: Tenant, vmId: string): Promise<boolean> {
  try {
    const { link } = await api.ask('GET', `${base}/vms/${vmId}`, vmDetailSchema);
    return link.state !== 'retired';
  } catch (error) {
    if (error instanceof LazaretError && error.code === 'api.not_found') return false;
    throw error;
  }
}

async function applyPolicy({ tenant, policyWith }: JourneyParts, vmId: string, choices: DemoChoices): Promise<void> {
  const { api, base, policyId } = tenant;
  const { hash } = await api.ask('PUT', `${base}/policies/${policyId}`, policyViewSchema, {
    document: policyWith(choices),
  });
  await until(async () => {
    const { settings } = await api.ask('GET', `${base}/vms/${vmId}`, vmDetailSchema);
    return settings.state === 'applied' && settings.applied?.hash === hash ? settings : null;
  }, 'the policy is applied');
}

interface Planted {
  readonly path: string;
  readonly zip: string;
  readonly bytes: Buffer;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly owner: string;
}

/** An owner who is not who restores: else it could not be told whether it was put back. */
const NOBODY = 65_534;

const sampleOf = (demo: string): string => join(demo, 'eicar.txt');

/** A file of its own each time: no verdict of an earlier one counts for it. */
function plantSample(demo: string): void {
  const path = sampleOf(demo);
  rmSync(path, { force: true });
  writeFileSync(path, eicar());
  chmodSync(path, 0o640);
  chownSync(path, NOBODY, NOBODY);
}

function plant(demo: string): Planted {
  writeFileSync(join(demo, 'letter.txt'), 'Nothing to see here.\n');
  // A new name each time: repeats of one file are told once an hour, and this one is to be told.
  const zip = join(demo, `documents-${Date.now()}.zip`);
  writeFileSync(zip, zipOf('invoice.com', eicar()));
  plantSample(demo);
  const path = sampleOf(demo);
  const { mode, mtimeMs, uid, gid } = statSync(path);
  return { path, zip, bytes: eicar(), mode, mtimeMs, owner: `${uid}:${gid}` };
}

async function findByScan(
  { tenant: { api, base }, demo }: JourneyParts,
  vmId: string,
  path: string,
): Promise<Journey['detection']> {
  const since = new Date().toISOString();
  const startedMs = performance.now();
  const request = { vmIds: [vmId], kind: 'paths', paths: [demo] };
  const { results } = await api.ask('POST', `${base}/scans`, scanStartedSchema, request);
  const scanId = results[0]?.scanId ?? null;
  if (scanId === null)
    throw new LazaretError('start.journey', `The scan was refused: ${results[0]?.error?.message ?? ''}`);
  const found = await until(async () => {
    const page = await api.ask('GET', `${base}/detections?vm=${vmId}&from=${since}`, detectionPageSchema);
    return page.items.find((row: DetectionRow) => row.path === path) ?? null;
  }, `${path} is detected`);
  const afterMs = Math.round(performance.now() - startedMs);
  await until(async () => {
    const { state } = await api.ask('GET', `${base}/scans/${scanId}`, scanSchema);
    return state === 'done' ? state : null;
  }, 'the scan ends');
  return { id: found.id, path: found.path, threat: found.threat, result: found.result, afterMs };
}

/** The file comes back with the same bytes, owner, mode and time; then it is taken away again, so that nothing infected is left. */
async function takeBack(
  { tenant: { api, base }, say }: JourneyParts,
  vmId: string,
  planted: Planted,
): Promise<Journey['restored']> {
  const held = async () => (await api.ask('GET', `${base}/quarantine?vm=${vmId}`, quarantinePageSchema)).items;
  const entry = await until(
    async () => (await held()).find(({ path, state }) => path === planted.path && state === 'held') ?? null,
    'it is in quarantine',
  );
  const request = { entries: [{ vmId, entry: entry.entry }] };
  await api.ask('POST', `${base}/quarantine/restore`, quarantineResultsSchema, request);
  await until(async () => ((await held()).some((one) => one.entry === entry.entry) ? null : true), 'it is restored');
  const { mode, mtimeMs, uid, gid } = statSync(planted.path);
  const sameBytes = readFileSync(planted.path).equals(planted.bytes);
  const sameMetadata = mode === planted.mode && mtimeMs === planted.mtimeMs && `${uid}:${gid}` === planted.owner;
  rmSync(planted.path);
  say(
    `Restored ${planted.path} through the manager, with ${sameBytes ? 'the same content' : 'DIFFERENT CONTENT'} and ${sameMetadata ? 'the same owner, mode and time' : 'DIFFERENT METADATA'}. The demo then removed it again.`,
  );
  if (!sameBytes || !sameMetadata)
    throw new LazaretError('start.journey', 'The restored file differs from the original.', { where: planted.path });
  return { path: planted.path, sameBytes, sameMetadata };
}
