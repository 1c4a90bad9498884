// SPDX-License-Identifier: Apache-2.0
// The hub of live streams by itself, on a real database: what one client, or all of them, can take.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { notifyLive } from '../database/index.ts';
import { addTestTenant, testParts } from '../testing/test-parts.ts';
import { createLiveHub, type StreamLimits } from './live.ts';

/** A client that takes what it is sent, or nothing at all. */
class Client extends Writable {
  readonly #takes: boolean;

  constructor(takes: boolean) {
    super();
    this.#takes = takes;
  }

  writeHead(): void {
    // The head is node's affair.
  }

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    if (this.#takes) done();
  }
}

async function hubWith(t: TestContext, limits: Partial<StreamLimits> = {}) {
  const parts = await testParts(t);
  const tenantId = await addTestTenant(parts, 'T');
  const hub = await createLiveHub(parts.database, { all: 9, ofTenant: 9, ofPerson: 9, ...limits });
  t.after(() => hub.close());
  const open = (personId: string, tenant = tenantId, takes = true): Client => {
    hub.requireRoom(tenant, personId);
    const client = new Client(takes);
    const mayStill = (): Promise<boolean> => Promise.resolve(true);
    hub.open(tenant, { personId, mayStill }, client as unknown as ServerResponse);
    return client;
  };
  return { parts, tenantId, open };
}

describe('the hub of live streams', { timeout: 240_000 }, () => {
  it('has so many places in all, and one that is left is free again', async (t) => {
    const { open } = await hubWith(t, { all: 2 });
    const refused = { code: 'api.too_many_streams' };
    const first = open('a', 'tenant 1');
    open('b', 'tenant 2');
    assert.throws(() => open('c', 'tenant 3'), refused);
    first.destroy();
    await once(first, 'close');
    open('c', 'tenant 3');
    assert.throws(() => open('d', 'tenant 4'), refused);
  });

  it('cuts off a client that takes nothing, and no other', async (t) => {
    const { parts, tenantId, open } = await hubWith(t);
    const [deaf, fine] = [open('a', tenantId, false), open('b')];
    const gone = once(deaf, 'close');
    await parts.database.asTenant(tenantId, async (tx) => {
      // Equal words of one transaction are said once.
      for (let at = 0; at < 2_000; at++) await notifyLive(tx, tenantId, 'vms', parts.newId());
    });
    await gone;
    assert.deepEqual([deaf.destroyed, fine.destroyed], [true, false]);
  });

  it('ends a stream by its time', async (t) => {
    const { open } = await hubWith(t, { streamMs: 1, heartbeatMs: 20 });
    await once(open('a'), 'finish');
  });
});
