// SPDX-License-Identifier: Apache-2.0
// npm run bench -- manager-api [--vms N] [--detections N] [--rounds N]: how long lists and searches of the API take over HTTP with many rows, database on the
// same machine, signed in as a person. Medians and 95th percentiles.
import { parseArgs } from 'node:util';
import type { AddressInfo } from 'node:net';
import { testManager } from '../../packages/manager/src/testing/test-manager.ts';
import { fill } from './fill.ts';

const GOAL_P95_MS = 150;

export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      vms: { type: 'string', default: '10000' },
      detections: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '100' },
    },
  });
  const ends: (() => Promise<void>)[] = [];
  const manager = await testManager({ after: (work) => ends.push(work) });
  const { server, parts, provider, tenantId } = manager;
  const policies = await provider.ask('GET', `/api/v1/tenants/${tenantId}/policies`);
  const policyId = policies.body.items[0].id as string;
  const startedAt = performance.now();
  const [vms, detections] = [Number(values.vms), Number(values.detections)];
  await fill(parts.testDatabase.connections.owner, { tenantId, policyId, vms, detections });
  console.log(
    `${vms} VMs, ${detections} detections, filled in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`,
  );
  await server.listen({ port: 0, host: '127.0.0.1' });
  const { port } = server.server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}/api/v1/tenants/${tenantId}`;
  const get = async (path: string): Promise<Record<string, unknown>> => {
    const response = await fetch(`${base}${path}`, { headers: { ...provider.headers } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const oneVm = ((await get('/vms?limit=1'))['items'] as { id: string }[])[0]?.id ?? '';
  const deep = await cursorAfter(get, '/detections?limit=500', 10);
  const questions: Readonly<Record<string, string>> = {
    'VMs, first page': '/vms',
    'VMs, by part of a name': '/vms?q=vm-04',
    'VMs, offline': '/vms?state=offline',
    'one VM': `/vms/${oneVm}`,
    'detections, first page': '/detections',
    'detections, page 11 of 500': `/detections?limit=500&cursor=${deep}`,
    'detections of one VM': `/detections?vm=${oneVm}`,
    'detections by threat': '/detections?threat=Php.Webshell.C99-5',
    'detections that failed': '/detections?failed=true',
    'detections by hash': '/hashes/6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b',
    'detections, a common text': '/detections?q=webshell',
    'detections, a rare text': '/detections?q=c81e728d9d4c2f636f067f89cc14862c',
    'detections, a text that is not there': '/detections?q=nowhere-to-be-found',
    overview: '/overview',
    alarms: '/alarms',
    audit: '/audit',
  };
  for (const [name, path] of Object.entries(questions)) await measure(name, () => get(path), Number(values.rounds));
  for (const end of ends.toReversed()) await end();
}

async function measure(name: string, work: () => Promise<unknown>, rounds: number): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    await work();
    times.push(performance.now() - startedAt);
    // Slow ones need not be repeated a hundred times to be known as slow.
    if (times.reduce((sum, time) => sum + time, 0) > 20_000) break;
  }
  times.sort((left, right) => left - right);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  const verdict = at(0.95) <= GOAL_P95_MS ? '' : '  over the goal';
  console.log(
    `${name.padEnd(40)} median ${at(0.5).toFixed(1).padStart(8)} ms   p95 ${at(0.95).toFixed(1).padStart(8)} ms${verdict}`,
  );
}

async function cursorAfter(
  get: (path: string) => Promise<Record<string, unknown>>,
  path: string,
  pages: number,
): Promise<string> {
  let cursor = '';
  for (let page = 0; page < pages; page++) {
    const { next } = await get(cursor === '' ? path : `${path}&cursor=${cursor}`);
    if (typeof next !== 'string') break;
    cursor = next;
  }
  return cursor;
}
