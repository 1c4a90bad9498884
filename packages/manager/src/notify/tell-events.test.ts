// SPDX-License-Identifier: Apache-2.0
// From what an agent sends to what waits for the mail server, over a real database: who is told of what.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { ACTION_EVENTS, type Detection } from '@lazaret/contract';
import { applyBatch } from '../ingest/index.ts';
import { addTestTenant, testParts } from '../testing/test-parts.ts';
import { addTestVm, testSpool } from '../testing/test-vms.ts';
import { tellEvents } from './tell-events.ts';

/** Sends one detection of a file of its own for each of `events`; resolves to the events that people are told of. */
async function toldOf(t: TestContext, events: readonly Detection['notifyEvent'][]): Promise<readonly string[]> {
  const parts = await testParts(t);
  const tenantId = await addTestTenant(parts, 'Acme');
  const vm = await addTestVm(parts, tenantId, 'web-03');
  const spool = testSpool(Date.now());
  const lines = events.map((notifyEvent, index) =>
    spool.detection({
      notifyEvent,
      file: { fileSystem: 'ab', handle: `1:${index}`, device: '1', inode: String(index) },
    }),
  );
  const readRecipients = () =>
    Promise.resolve({ mails: [{ address: 'admin@acme.example', language: 'en' as const }], webhook: null });
  const hooks = [tellEvents({ newId: parts.newId, readRecipients })];
  await parts.database.asTenant(tenantId, (tx) =>
    applyBatch({ ...vm, tx, now: new Date() }, { epoch: spool.epoch, after: 0, lines }, hooks),
  );
  const rows = await parts.database.asTenant(tenantId, (tx) => tx.selectFrom('outbox').select('message').execute());
  return rows.map(({ message }) => (message as { event: string }).event);
}

test('AC-11a: people are told of what was detected to tell, and of each way to fail; of what was done in silence nobody is', async (t) => {
  assert.deepEqual((await toldOf(t, [...ACTION_EVENTS, null])).toSorted(), [...ACTION_EVENTS].toSorted());
});

test('AC-11a: a detection that was dealt with, as most are, is no mail', async (t) => {
  assert.deepEqual(await toldOf(t, [null, null, null]), []);
});
