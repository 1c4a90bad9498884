// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { temporaryDirectory } from '@lazaret/testkit';
import { LINK_LIMITS } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { openSpool, spoolReader } from '../spool/index.ts';
import { beginEpoch, openState, readEpoch } from '../state/index.ts';
import { spoolUploader } from './spool-uploader.ts';
import type { Transport } from './transport.ts';

interface Stored {
  readonly sequence: number;
  readonly text: string;
}

/** A manager as the contract says: exactly once by (epoch, sequence). Its answers can be lost. */
function manager() {
  const epochs = new Map<string, number>();
  const stored: Stored[] = [];
  let losesAnswers = false;
  const transport: Pick<Transport, 'askJson'> = {
    askJson: (ask, schema) => {
      if (Buffer.byteLength(ask.body as string) > LINK_LIMITS.batchBytesMax)
        return Promise.reject(new LazaretError('link.bad_request', 'too large'));
      const url = new URL(ask.path, 'https://manager');
      const epoch = url.searchParams.get('epoch') ?? '';
      const last = epochs.get(epoch) ?? 0;
      const outOfOrder = Number(url.searchParams.get('after')) !== last;
      const lines = (ask.body as string)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Stored & { epoch: string });
      assert.ok(
        lines.every((line) => line.epoch === epoch),
        'a batch is of one epoch',
      );
      const fresh = outOfOrder ? [] : lines.filter(({ sequence }) => sequence > last);
      stored.push(...fresh);
      epochs.set(epoch, fresh.at(-1)?.sequence ?? last);
      if (losesAnswers) return Promise.reject(new LazaretError('link.unreachable', 'lost'));
      return Promise.resolve(schema.parse({ acknowledged: epochs.get(epoch), malformed: 0, outOfOrder }));
    },
  };
  return {
    transport: transport as Transport,
    stored,
    texts: () => stored.map(({ text }) => text),
    loseAnswers: (lose: boolean) => (losesAnswers = lose),
    forget: () => epochs.clear(),
  };
}

function agentAt(t: TestContext, directory: string) {
  const database = openState(join(directory, 'agent.sqlite'));
  const epoch = (): string => readEpoch(database);
  const spool = openSpool(join(directory, 'spool'), () => ({ epoch: epoch() }));
  const close = (): void => {
    spool.close();
    database.close();
  };
  t.after(() => {
    try {
      close();
    } catch {
      // The test closed it.
    }
  });
  const reader = spoolReader(join(directory, 'spool'), 0);
  const uploader = spoolUploader({ database, spool, reader, epoch, beginEpoch: () => beginEpoch(database) });
  const signal = new AbortController().signal;
  return {
    say: (text: string) => spool.append('x', { text }),
    upload: (to: ReturnType<typeof manager>) => uploader.upload(to.transport, signal),
    uploader,
    close,
  };
}

describe('bringing the spool to the manager', () => {
  it('MG-1a: an answer that was lost leads to a second sending, never to a second event', async (t) => {
    const [store, agent] = [manager(), agentAt(t, temporaryDirectory(t))];
    agent.say('one');
    store.loseAnswers(true);
    await assert.rejects(agent.upload(store), { code: 'link.unreachable' });
    agent.say('two');
    store.loseAnswers(false);
    await agent.upload(store);
    assert.deepEqual(store.texts(), ['one', 'two']);
  });

  it('an event that is longer than a manager takes is told as lost, and what comes after it arrives', async (t) => {
    const [store, agent] = [manager(), agentAt(t, temporaryDirectory(t))];
    agent.say('one');
    agent.say('x'.repeat(LINK_LIMITS.batchBytesMax));
    agent.say('three');
    await agent.upload(store);
    assert.deepEqual(store.texts(), ['one', undefined, 'three']);
    assert.partialDeepStrictEqual(store.stored[1], { type: 'gap', sequence: 2, lostFrom: 2, lostTo: 2 });
  });

  it('MG-1a: it goes on where it was after a restart', async (t) => {
    const [store, directory] = [manager(), temporaryDirectory(t)];
    const before = agentAt(t, directory);
    before.say('one');
    await before.upload(store);
    before.say('two');
    before.close();
    const next = agentAt(t, directory);
    next.say('three');
    await next.upload(store);
    assert.deepEqual(store.texts(), ['one', 'two', 'three']);
  });

  it('MG-8c: a manager whose database was restored gets again what it lost, as far as it is still there', async (t) => {
    const [store, agent] = [manager(), agentAt(t, temporaryDirectory(t))];
    agent.say('one');
    await agent.upload(store);
    store.forget();
    agent.say('two');
    await agent.upload(store);
    assert.deepEqual(store.texts(), ['one', 'one', 'two']);
  });

  it('an old image of the VM begins a new epoch: what happens after it is not taken for what was told before', async (t) => {
    const [store, directory, image] = [manager(), temporaryDirectory(t), temporaryDirectory(t)];
    const first = agentAt(t, directory);
    first.say('one');
    await first.upload(store);
    first.close();
    cpSync(directory, image, { recursive: true });
    const second = agentAt(t, directory);
    for (const text of ['two', 'three', 'four']) second.say(text);
    await second.upload(store);
    const restored = agentAt(t, image);
    restored.say('after the restore');
    await restored.upload(store);
    restored.say('and on');
    await restored.upload(store);
    assert.deepEqual(store.texts(), ['one', 'two', 'three', 'four', 'after the restore', 'and on']);
  });

  it('SY-10b: a copy tells nothing of what its origin had to tell', async (t) => {
    const [store, agent] = [manager(), agentAt(t, temporaryDirectory(t))];
    const inherited = agent.say('of the origin');
    agent.uploader.skipTo(inherited);
    agent.say('its own word');
    await agent.upload(store);
    assert.deepEqual(store.texts(), ['its own word']);
  });
});
