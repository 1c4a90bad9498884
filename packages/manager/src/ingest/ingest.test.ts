// SPDX-License-Identifier: Apache-2.0
// Batches of spools over a real database: each event once, whatever comes twice, late, broken or in the middle of a crash.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LazaretError } from '@lazaret/core';
import { testSeed } from '@lazaret/testkit';
import { addTestTenant, testParts, type TestParts } from '../testing/test-parts.ts';
import { addTestVm, testSpool, type TestSpool, type TestVm } from '../testing/test-vms.ts';
import { findDetection } from '../detections/index.ts';
import { applyBatch, applyVaultList, type Batch, type BatchApplied, type IngestHooks } from './index.ts';

interface Stage {
  readonly parts: TestParts;
  readonly vm: TestVm;
  readonly spool: TestSpool;
  readonly apply: (batch: Partial<Batch>, hooks?: readonly IngestHooks[], spool?: TestSpool) => Promise<BatchApplied>;
  readonly count: (table: 'events' | 'detections' | 'scans' | 'quarantine_entries') => Promise<number>;
}

async function stage(t: TestContext): Promise<Stage> {
  const parts = await testParts(t);
  const tenantId = await addTestTenant(parts, 'Acme');
  const vm = await addTestVm(parts, tenantId, 'web-03');
  const spool = testSpool(Date.now());
  return {
    parts,
    vm,
    spool,
    apply: (batch, hooks = [], from = spool) =>
      parts.database.asTenant(tenantId, (tx) =>
        applyBatch({ ...vm, tx, now: new Date() }, { epoch: from.epoch, after: 0, lines: [], ...batch }, hooks),
      ),
    count: (table) =>
      parts.database.asTenant(tenantId, async (tx) => {
        const { n } = await tx
          .selectFrom(table)
          .select((all) => all.fn.countAll<string>().as('n'))
          .executeTakeFirstOrThrow();
        return Number(n);
      }),
  };
}

const outOfOrder = (error: unknown): boolean => error instanceof LazaretError && error.code === 'link.out_of_order';

test('MG-1a: a batch that comes twice, or late, changes nothing twice and says where to go on', async (t) => {
  const { spool, apply, count } = await stage(t);
  const first = [spool.detection(), spool.detection()];
  const second = [spool.detection()];
  assert.deepEqual(await apply({ lines: first }), { acknowledged: 2, malformed: 0 });
  await assert.rejects(apply({ lines: first }), outOfOrder);
  assert.deepEqual(await apply({ after: 2, lines: second }), { acknowledged: 3, malformed: 0 });
  await assert.rejects(apply({ after: 2, lines: second }), outOfOrder);
  await assert.rejects(apply({ after: 9, lines: [spool.detection()] }), outOfOrder);
  assert.equal(await count('detections'), 3);
  assert.equal(await count('events'), 3);
});

test('MG-1a: property: however an agent repeats, reorders and loses answers, every event is stored once', async (t) => {
  const { parts, apply, vm } = await stage(t);
  const moves = fc.array(fc.tuple(fc.nat(4), fc.constantFrom('send', 'repeat', 'old')), {
    minLength: 1,
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(moves, async (list) => {
      const spool = testSpool(Date.now());
      const all: Record<string, unknown>[] = [];
      let acknowledged = 0;
      let last: Partial<Batch> = {};
      for (const [size, kind] of list) {
        if (kind === 'send') {
          for (let index = 0; index < size; index++) all.push(spool.detection());
          last = { after: acknowledged, lines: all.slice(acknowledged) };
          acknowledged = (await apply(last, [], spool)).acknowledged;
        } else {
          const late = kind === 'old' ? { after: 0, lines: all.slice(0, 2) } : last;
          await apply(late, [], spool).catch((error: unknown) => assert.ok(outOfOrder(error)));
        }
      }
      acknowledged = (await apply({ after: acknowledged, lines: all.slice(acknowledged) }, [], spool)).acknowledged;
      assert.equal(acknowledged, all.length);
      const ids = all.map(({ id }) => String(id));
      const stored = await parts.database.asTenant(vm.tenantId, (tx) =>
        tx
          .selectFrom('events')
          .select('id')
          .where('id', 'in', [...ids, parts.newId()])
          .execute(),
      );
      assert.deepEqual(stored.map(({ id }) => id).toSorted(), ids.toSorted());
    }),
    { seed: testSeed, numRuns: 20 },
  );
});

test('MG-1a: two managers get the same batch at once: it counts once', async (t) => {
  const { spool, apply, count } = await stage(t);
  const lines = Array.from({ length: 50 }, () => spool.detection());
  const outcomes = await Promise.allSettled([apply({ lines }), apply({ lines }), apply({ lines })]);
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal(await count('detections'), 50);
});

test('MG-1a: what fails in the middle leaves nothing of the batch, and the same batch works afterwards', async (t) => {
  const { spool, apply, count } = await stage(t);
  const lines = [spool.detection(), spool.detection(), spool.detection()];
  let events = 0;
  const failing: IngestHooks = {
    onEvent: () => (++events === 2 ? Promise.reject(new Error('in the middle')) : Promise.resolve()),
  };
  await assert.rejects(apply({ lines }, [failing]), /in the middle/);
  assert.equal(await count('events'), 0);
  assert.deepEqual(await apply({ lines }), { acknowledged: 3, malformed: 0 });
});

test('what is no event of the contract is kept without effect, and does not stop what follows; hostile names neither', async (t) => {
  const { spool, apply, count, parts, vm } = await stage(t);
  const lines = [
    spool.event('of the future', { what: 1 }),
    spool.detection({ threats: [{ name: 'a\u0000b\ud800', kind: 'test', layers: ['x\u0000'] }] }),
    'no object',
    { sequence: -1 },
    spool.event('update.checked', { outcome: 'nothing-new', release: 'r' }),
  ];
  assert.deepEqual(await apply({ lines }), { acknowledged: 3, malformed: 3 });
  assert.equal(await count('events'), 5);
  const [row] = await parts.database.asTenant(vm.tenantId, (tx) => tx.selectFrom('detections').selectAll().execute());
  assert.equal(row?.threat, 'a\ufffdb\ufffd');
});

test("AC-8c: the picture of a vault follows events and is corrected by the vault's own list", async (t) => {
  const { spool, apply, parts, vm } = await stage(t);
  const [kept, gone, restored] = [spool.detection(), spool.detection(), spool.detection()];
  const entryOf = (event: Record<string, unknown>): string =>
    (event['action'] as { quarantineId: string }).quarantineId;
  await apply({
    lines: [kept, gone, restored, spool.event('quarantine.restored', { entry: entryOf(restored), path: '/srv/a.com' })],
  });
  await parts.database.asTenant(vm.tenantId, (tx) =>
    applyVaultList(
      { ...vm, tx, now: new Date() },
      {
        hash: 'c'.repeat(64),
        entries: [{ id: entryOf(kept), state: 'damaged', bytes: 1, code: 'vault.damaged', why: 'x' }],
      },
    ),
  );
  const rows = await parts.database.asTenant(vm.tenantId, (tx) =>
    tx.selectFrom('quarantine_entries').select(['entry', 'state']).execute(),
  );
  const states = new Map(rows.map(({ entry, state }) => [entry, state]));
  assert.deepEqual(
    [kept, gone, restored].map((event) => states.get(entryOf(event))),
    ['held', 'missing', 'restored'],
  );
  const results = await parts.database.asTenant(vm.tenantId, (tx) =>
    tx.selectFrom('detections').select(['id', 'result']).execute(),
  );
  assert.equal(results.find(({ id }) => id === restored['id'])?.result, 'restored');
});

test('a scan is followed from its start to its report; another VM cannot change it', async (t) => {
  const { spool, apply, parts, vm } = await stage(t);
  const runId = parts.newId();
  await apply({ lines: [spool.event('run.started', { runId, origin: 'scheduled', scope: 'policy', resumed: false })] });
  const other = await addTestVm(parts, vm.tenantId, 'db-01');
  const foreign = testSpool(Date.now());
  const theirs = foreign.event('run.ended', { runId, origin: 'scheduled', summary: SUMMARY });
  await parts.database.asTenant(vm.tenantId, (tx) =>
    applyBatch({ ...other, tx, now: new Date() }, { epoch: foreign.epoch, after: 0, lines: [theirs] }, []),
  );
  const read = async (): Promise<string | undefined> =>
    (
      await parts.database.asTenant(vm.tenantId, (tx) =>
        tx.selectFrom('scans').select('state').where('id', '=', runId).execute(),
      )
    )[0]?.state;
  assert.equal(await read(), 'running');
  await apply({ after: 1, lines: [spool.event('run.ended', { runId, origin: 'scheduled', summary: SUMMARY })] });
  assert.equal(await read(), 'incomplete');
});

const SUMMARY = {
  type: 'summary',
  files: 3,
  infected: 0,
  partly: 0,
  bytes: 3,
  coverage: { lookedAt: 3, all: 3 },
  unscanned: {},
  excepted: 0,
  patternRelease: 'starter-3f2a90b1c4d5',
  elapsedMs: 1,
  state: 'incomplete',
  actionsFailed: 0,
};

test('a detection of real-time is shown with its process; let-through opens, gaps and states are stored', async (t) => {
  const { spool, apply, parts, vm, count } = await stage(t);
  const opener = {
    pid: 7,
    startedAt: '2027-03-01T00:00:00.000Z',
    executable: '/usr/bin/cat',
    commandLine: ['cat', '/srv/a.com'],
    user: 'www-data',
    uid: 33,
    gid: 33,
    container: 'ab',
    parents: [
      { pid: 6, executable: '/bin/bash' },
      { pid: 1, executable: '/sbin/init' },
    ],
  };
  const detection = spool.detection({ runId: 'realtime', access: 'execute', refused: true, opener, attempts: 5 });
  const letThrough = {
    letThrough: '017f22e2-79b0-4cc3-98c4-dc0c0c07398f',
    cause: 'deadline',
    answered: 'allow',
    path: '/srv/a.com',
    file: null,
    access: 'open',
    opener,
    waitedMs: 2_000,
    scanned: null,
  };
  const [from, to] = ['2027-03-01T00:00:00.000Z', '2027-03-01T00:00:03.000Z'];
  const lines = [
    detection,
    spool.event('realtime.let-through', letThrough),
    spool.event('realtime.gap', { cause: 'supervisor-died', from, to }),
    spool.event('realtime.state', { state: 'on', reason: null, notCovered: [] }),
  ];
  assert.deepEqual(await apply({ lines }), { acknowledged: 4, malformed: 0 });
  assert.equal(await count('events'), 4);
  const shown = await parts.database.asTenant(vm.tenantId, (tx) => findDetection(tx, String(detection['id'])));
  assert.deepEqual(
    [shown.origin, shown.access, shown.refused, shown.attempts, shown.process],
    [
      'realtime',
      'execute',
      true,
      5,
      {
        pid: 7,
        startedAt: '2027-03-01T00:00:00.000Z',
        executable: '/usr/bin/cat',
        commandLine: 'cat /srv/a.com',
        user: 'www-data',
        container: 'ab',
        parents: ['/sbin/init', '/bin/bash'],
      },
    ],
  );
});
