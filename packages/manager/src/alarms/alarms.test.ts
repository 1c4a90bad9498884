// SPDX-License-Identifier: Apache-2.0
// Alarms over a real database on a clock that is moved: raised, told, cleared by themselves; a silent site is one.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { manualClock } from '@lazaret/testkit';
import { addTestTenant, testParts } from '../testing/test-parts.ts';
import { testReport } from '../testing/test-report.ts';
import { addTestVm, testSpool } from '../testing/test-vms.ts';
import { applyBatch } from '../ingest/index.ts';
import { evaluateAll, followScanAlarms } from './index.ts';

const T0 = Date.parse('2027-01-01T00:00:00Z');
const MINUTE = 60_000;

async function stage(t: TestContext) {
  const clock = manualClock(T0);
  const parts = await testParts(t, { clock });
  const tenantId = await addTestTenant(parts, 'Acme');
  const readRecipients = () =>
    Promise.resolve({ mails: [{ address: 'a@acme.example', language: 'en' as const }], webhook: null });
  const evaluate = () => evaluateAll({ ...parts, readRecipients }, new AbortController().signal);
  const open = async (): Promise<string[]> =>
    (
      await parts.database.asTenant(tenantId, (tx) =>
        tx.selectFrom('alarms').selectAll().where('cleared_at', 'is', null).orderBy('kind').execute(),
      )
    ).map(({ kind, site, vm_count: count }) => (site === null ? kind : `${kind} ${site} ${count}`));
  const told = async (): Promise<number> =>
    (await parts.database.asTenant(tenantId, (tx) => tx.selectFrom('outbox').select('id').execute())).length;
  const heard = (vmId: string, fields: Readonly<Record<string, unknown>> = {}) =>
    parts.database.asTenant(tenantId, (tx) =>
      tx
        .updateTable('vms')
        .set({ last_seen_at: new Date(clock.nowMs()), ...fields })
        .where('id', '=', vmId)
        .execute(),
    );
  return { clock, parts, tenantId, evaluate, open, told, heard };
}

const GOOD = { protection: 'protected', applied_hash: '0'.repeat(64) };

test('MG-4a: a VM goes silent: one alarm, told once; it is heard again: cleared, and that is told', async (t) => {
  const { clock, parts, tenantId, evaluate, open, told, heard } = await stage(t);
  const { vmId } = await addTestVm(parts, tenantId, 'web-03', GOOD);
  await evaluate();
  assert.deepEqual(await open(), []);
  await clock.advance(5 * MINUTE);
  await Promise.all([evaluate(), evaluate(), evaluate()]);
  assert.deepEqual(await open(), ['offline']);
  assert.equal(await told(), 1);
  await heard(vmId);
  await evaluate();
  assert.deepEqual(await open(), []);
  assert.equal(await told(), 2);
});

test("MG-4b: a whole site gone quiet is one alarm; one VM that is heard makes it the others' own", async (t) => {
  const { clock, parts, tenantId, evaluate, open, told, heard } = await stage(t);
  const vms = [];
  for (let index = 0; index < 14; index++)
    vms.push(await addTestVm(parts, tenantId, `osaka-${index}`, { ...GOOD, addresses: [`10.1.2.${index}`] }));
  await addTestVm(parts, tenantId, 'tokyo', {
    ...GOOD,
    addresses: ['10.9.9.9'],
    last_seen_at: new Date(T0 + 60 * MINUTE),
  });
  await clock.advance(5 * MINUTE);
  await evaluate();
  assert.deepEqual(await open(), ['silent-site 10.1.2.0/24 14']);
  assert.equal(await told(), 1);
  await heard(vms[0]?.vmId ?? '');
  await evaluate();
  assert.equal((await open()).length, 13);
});

test('a pattern release that a VM refused is an alarm, and mail, until a look goes well; a source that is not reached is none', async (t) => {
  const { parts, tenantId, evaluate, open, told, heard } = await stage(t);
  const { vmId } = await addTestVm(parts, tenantId, 'web-03', GOOD);
  const looked = async (fault: string | null): Promise<string[]> => {
    const report = testReport({ disk: { freeBytes: 10 * 2 ** 30, totalBytes: 20 * 2 ** 30 } });
    await heard(vmId, { report: JSON.stringify({ ...report, patterns: { ...report.patterns, fault } }) });
    await evaluate();
    return await open();
  };
  assert.deepEqual(await looked('link.unreachable'), []);
  assert.deepEqual(await looked('patterns.canary_detected'), ['patterns-refused']);
  assert.equal(await told(), 1);
  assert.deepEqual(await looked(null), []);
});

test('an alarm of a VM that is not protected tells why', async (t) => {
  const { parts, tenantId, evaluate } = await stage(t);
  const report = testReport({ engine: { up: false, workers: 0, workerDeaths: 1 } });
  await addTestVm(parts, tenantId, 'web-03', { ...GOOD, protection: 'degraded', report: JSON.stringify(report) });
  await evaluate();
  const [alarm] = await parts.database.asTenant(tenantId, (tx) =>
    tx.selectFrom('alarms').select('facts').where('kind', '=', 'degraded').execute(),
  );
  assert.deepEqual(alarm?.facts, { code: 'scanner.down' });
});

test('SC-9e: a scheduled scan that did not end in time is an alarm, until one does', async (t) => {
  const { parts, tenantId, open } = await stage(t);
  const vm = await addTestVm(parts, tenantId, 'web-03', GOOD);
  const spool = testSpool(T0);
  const apply = (after: number, lines: readonly unknown[]) =>
    parts.database.asTenant(tenantId, (tx) =>
      applyBatch({ ...vm, tx, now: new Date(T0) }, { epoch: spool.epoch, after, lines }, [
        followScanAlarms(parts.newId),
      ]),
    );
  await apply(0, [spool.event('alarm', { alarm: 'scan-incomplete', runId: parts.newId() })]);
  assert.deepEqual(await open(), ['scan-incomplete']);
  const summary = {
    type: 'summary',
    files: 1,
    infected: 0,
    partly: 0,
    bytes: 1,
    coverage: { lookedAt: 1, all: 1 },
    unscanned: {},
    excepted: 0,
    patternRelease: 'r',
    elapsedMs: 1,
    state: 'done',
    actionsFailed: 0,
  };
  await apply(1, [spool.event('run.ended', { runId: parts.newId(), origin: 'scheduled', summary })]);
  assert.deepEqual(await open(), []);
});
