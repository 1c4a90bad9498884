// SPDX-License-Identifier: Apache-2.0
// The journey of ./start: plant, scan, see what was found and done, take one file back, compare. Every step is the real way,
// through the control socket of the running agent; a step that did not do what it must throws.
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlClient, QuarantineList, Restored, ScanRequest } from '@lazaret/agent';
import { scanRowSchema, type FileRow } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { z } from 'zod';
import { eicar, zipOf } from './samples.ts';

export interface Journey {
  readonly detections: readonly FileRow[];
  readonly restored: { readonly path: string; readonly sameBytes: boolean; readonly sameMetadata: boolean };
}

export async function goJourney(agent: ControlClient, demo: string, say: (line: string) => void): Promise<Journey> {
  const planted = plant(demo);
  say(
    `Planted in ${demo}: eicar.txt (the harmless EICAR test file) and documents.zip (with the same inside), beside a clean file.`,
  );
  const detections = await scanDemo(agent, demo);
  for (const row of detections)
    say(
      `  found ${row.threats[0]?.name ?? ''} in ${[row.path, ...(row.threats[0]?.layers ?? [])].join(' ▸ ')}: ${row.action?.primary.action ?? 'nothing'} ${row.action?.primary.result ?? ''}`,
    );
  if (detections.length !== 2 || detections.some(({ action }) => action?.primary.result !== 'done')) {
    throw new LazaretError('start.journey', `Two detections were to be quarantined, seen: ${detections.length}.`, {
      where: demo,
    });
  }
  const restored = await takeBack(agent, planted, say);
  return { detections, restored };
}

interface Planted {
  readonly path: string;
  readonly bytes: Buffer;
  readonly mode: number;
  readonly mtimeMs: number;
}

function plant(demo: string): Planted {
  mkdirSync(demo, { recursive: true });
  const path = join(demo, 'eicar.txt');
  rmSync(path, { force: true });
  writeFileSync(join(demo, 'letter.txt'), 'Nothing to see here.\n');
  writeFileSync(join(demo, 'documents.zip'), zipOf('invoice.com', eicar()));
  writeFileSync(path, eicar());
  chmodSync(path, 0o640);
  const { mode, mtimeMs } = statSync(path);
  return { path, bytes: eicar(), mode, mtimeMs };
}

async function scanDemo(agent: ControlClient, demo: string): Promise<readonly FileRow[]> {
  const request: ScanRequest = {
    origin: 'manual',
    limitsOf: 'manual',
    scope: { kind: 'paths', paths: [Buffer.from(demo).toString('base64')] },
    action: 'policy',
    policy: null,
    patterns: null,
    crossFileSystems: false,
    load: null,
  };
  const found: FileRow[] = [];
  const eventSchema = z.object({ row: scanRowSchema });
  await agent.call('scan.start', { request, resume: false }, (event) => {
    const told = eventSchema.safeParse(event);
    if (told.success && told.data.row.type === 'file' && told.data.row.verdict === 'infected')
      found.push(told.data.row);
  });
  return found;
}

/** The file comes back with the same bytes, mode and time; then it is taken away again, so that nothing infected is left. */
async function takeBack(
  agent: ControlClient,
  planted: Planted,
  say: (line: string) => void,
): Promise<Journey['restored']> {
  const { entries } = (await agent.call('quarantine.list')) as QuarantineList;
  const entry = entries.findLast((one) => one.state === 'complete' && one.path === planted.path);
  if (entry === undefined)
    throw new LazaretError('start.journey', `${planted.path} is not in the vault.`, { where: planted.path });
  const options = { keepEntry: true };
  const { path } = (await agent.call('quarantine.restore', { id: entry.id, options })) as Restored;
  const { mode, mtimeMs } = statSync(path);
  const sameBytes = readFileSync(path).equals(planted.bytes);
  const sameMetadata = mode === planted.mode && mtimeMs === planted.mtimeMs;
  rmSync(path);
  say(
    `Restored ${path} from the vault: ${sameBytes ? 'the same bytes' : 'OTHER BYTES'}, ${sameMetadata ? 'the same mode and time' : 'OTHER METADATA'}; then removed again.`,
  );
  if (!sameBytes || !sameMetadata)
    throw new LazaretError('start.journey', 'A restored file is not as it was.', { where: path });
  return { path, sameBytes, sameMetadata };
}
