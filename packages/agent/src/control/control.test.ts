// SPDX-License-Identifier: Apache-2.0
// The control socket with both its ends, and with ends that are none: every call comes to an answer, and no line ends a process.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, statSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { LazaretError } from '@lazaret/core';
import { seededRandom, temporaryDirectory, testSeed } from '@lazaret/testkit';
import { connectControl, serveControl, type ControlClient, type ControlMethods } from './index.ts';
import { lineCutter, LineTooLong } from './lines.ts';
import { LINE_BYTES_MAX } from './protocol.ts';

const METHODS: ControlMethods = {
  echo: ({ params }) => params,
  refuse: () => {
    throw new LazaretError('path.not_found', 'There is no such path.', { where: '/x' });
  },
  break: () => {
    throw new TypeError('inside');
  },
  unsayable: () => 1n,
  count: async ({ send }) => {
    for (let index = 0; index < 3; index++) await send({ index });
    return 'counted';
  },
};

async function serve(t: TestContext, methods: ControlMethods = METHODS): Promise<string> {
  const path = join(temporaryDirectory(t), 'run', 'control.sock');
  const server = await serveControl(path, methods);
  t.after(() => server.close());
  return path;
}

async function connect(t: TestContext, path: string): Promise<ControlClient> {
  const client = await connectControl(path);
  assert.ok(client !== null);
  t.after(() => client.close());
  return client;
}

test('whoever reads slowly makes the agent wait: of many events few are on their way, and each comes in its order', async (t) => {
  let sent = 0;
  const path = await serve(t, {
    flood: async ({ send }) => {
      for (; sent < 2_000; sent++) await send({ index: sent, filling: 'x'.repeat(4_096) });
      return 'flooded';
    },
  });
  const client = await connect(t, path);
  const reader = Promise.withResolvers<void>();
  const seen: number[] = [];
  const flooded = client.call('flood', null, async (event) => {
    if (seen.length === 0) await reader.promise;
    seen.push((event as { index: number }).index);
  });
  let before = -1;
  // Until the agent waits: nothing more was sent in a turn in which it could have.
  while (sent !== before || sent === 0) {
    before = sent;
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(sent < 1_000, `${sent} of 2,000 events of 4 KiB were sent to a client that took none`);
  reader.resolve();
  assert.equal(await flooded, 'flooded');
  assert.deepEqual(seen, [...seen.keys()]);
  assert.equal(seen.length, 2_000);
});

test('an event that its taker cannot use ends that call alone, with the taker’s fault', async (t) => {
  const client = await connect(t, await serve(t));
  const counted = client.call('count', null, () => {
    throw new LazaretError('api.invalid', 'Not this one.');
  });
  await assert.rejects(counted, hasCode('api.invalid'));
  assert.equal(await client.call('echo', 1), 1);
});

const hasCode =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof LazaretError && error.code === code;

test("results, events ahead of them, faults with code, sentence and place; the socket is the owner's alone", async (t) => {
  const path = await serve(t);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const client = await connect(t, path);
  const events: unknown[] = [];
  const [echoed, counted] = await Promise.all([
    client.call('echo', { text: 'a\nb', deep: [1] }),
    client.call('count', null, (event) => void events.push(event)),
  ]);
  assert.deepEqual(echoed, { text: 'a\nb', deep: [1] });
  assert.equal(counted, 'counted');
  assert.deepEqual(events, [{ index: 0 }, { index: 1 }, { index: 2 }]);
  await assert.rejects(client.call('refuse'), {
    code: 'path.not_found',
    message: 'There is no such path.',
    where: '/x',
  });
  await assert.rejects(client.call('break'), hasCode('agent.internal'));
  await assert.rejects(client.call('unsayable'), hasCode('agent.internal'));
  for (const method of ['nothing', 'toString', '__proto__', 'constructor'])
    await assert.rejects(client.call(method), hasCode('control.unknown_method'), method);
});

test('nobody listens: null; the agent goes while a call is open, or before it: told, and not waited for', async (t) => {
  assert.equal(await connectControl(join(temporaryDirectory(t), 'none')), null);
  const path = join(temporaryDirectory(t), 'control.sock');
  const server = createServer((socket) => socket.on('error', () => {}).on('data', () => socket.destroy())).listen(path);
  await once(server, 'listening');
  t.after(() => server.close());
  const client = await connect(t, path);
  const call = client.call('echo');
  await assert.rejects(call, hasCode('agent.gone'));
  await assert.rejects(client.call('echo'), hasCode('agent.gone'));
});

test('an agent that answers nonsense, or without end, is gone for its client', async (t) => {
  const answers = ['no JSON\n', '{"id":1}x\n', '[]\n', '{"id":"1","result":2}\n', '{"id":1,"error":{}}\n', '\0\n'];
  for (const answer of [...answers, 'x'.repeat(LINE_BYTES_MAX + 70_000)]) {
    const path = join(temporaryDirectory(t), 'control.sock');
    const server = createServer((socket) => socket.on('error', () => {}).on('data', () => socket.write(answer)));
    server.listen(path);
    await once(server, 'listening');
    t.after(() => server.close());
    const client = await connect(t, path);
    await assert.rejects(client.call('echo'), hasCode('agent.gone'), answer.slice(0, 20));
    // Nobody reads answers any more: a call that is made then must not wait for one.
    await assert.rejects(client.call('echo'), hasCode('agent.gone'), `a second call after ${answer.slice(0, 20)}`);
  }
});

test('a client that goes away aborts what it asked for', async (t) => {
  const aborted = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const path = await serve(t, {
    wait: ({ signal }) => {
      signal.addEventListener('abort', () => aborted.resolve());
      begun.resolve();
      return aborted.promise;
    },
  });
  const socket = createConnection(path);
  socket.write('{"id":1,"method":"wait"}\n');
  await begun.promise;
  socket.destroy();
  await aborted.promise;
});

/** Sends raw bytes and waits for the end of the connection, or for an answer. */
function raw(path: string, bytes: Buffer): Promise<'closed' | 'answered'> {
  return new Promise((resolve) => {
    const socket = createConnection(path, () => socket.write(bytes));
    socket.on('error', () => {});
    socket.on('close', () => resolve('closed'));
    socket.on('data', () => {
      resolve('answered');
      socket.destroy();
    });
  });
}

test('lines that are no requests, and a line without end, close their connection; the others go on', async (t) => {
  const path = await serve(t);
  const client = await connect(t, path);
  const random = seededRandom(testSeed);
  const noise = Array.from({ length: 40 }, () => {
    const bytes = Buffer.alloc(1 + Math.floor(random() * 300), 0).map(() => Math.floor(random() * 256));
    return Buffer.concat([bytes, Buffer.from('\n')]);
  });
  const bad = [
    '\n',
    '{}\n',
    'null\n',
    '{"id":-1,"method":"echo"}\n',
    '{"id":1,"method":5}\n',
    `${'['.repeat(50_000)}\n`,
  ];
  const endless = Buffer.alloc(LINE_BYTES_MAX + 100_000, 'x');
  for (const bytes of [...bad.map((line) => Buffer.from(line)), endless, ...noise])
    assert.equal(await raw(path, bytes), 'closed', `seed ${testSeed}: ${bytes.toString('latin1').slice(0, 40)}`);
  assert.equal(await raw(path, Buffer.from('{"id":1,"method":"echo"}\n')), 'answered');
  assert.equal(await client.call('echo', 1), 1);
});

test('lines are the same however they are cut, and an unfinished one is never held beyond its limit', () => {
  const random = seededRandom(testSeed);
  const text = Array.from({ length: 300 }, (_, index) => `line ${index} ${'é'.repeat(Math.floor(random() * 60))}`);
  const bytes = Buffer.from(text.map((line) => `${line}\n`).join(''));
  for (let round = 0; round < 50; round++) {
    const cutter = lineCutter(1_000);
    const lines: string[] = [];
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + Math.floor(random() * 200);
      lines.push(...cutter(bytes.subarray(at, at + size)));
      at += size;
    }
    assert.deepEqual(lines, text, `seed ${testSeed}, round ${round}`);
  }
  const cutter = lineCutter(10);
  assert.deepEqual(cutter(Buffer.from('0123456789')), []);
  assert.throws(() => cutter(Buffer.from('0')), LineTooLong);
});

test('a user who is not root is told so by a running agent; no agent is null', async (t) => {
  const directory = temporaryDirectory(t);
  chmodSync(directory, 0o755);
  const path = join(directory, 'agent.sock');
  assert.equal(await connectControl(path), null);
  const server = await serveControl(path, { ping: () => 'pong' });
  try {
    process.seteuid?.(65_534);
    await assert.rejects(connectControl(path), { code: 'cli.needs_root' });
  } finally {
    process.seteuid?.(0);
  }
  const client = await connectControl(path);
  assert.equal(await client?.call('ping'), 'pong');
  client?.close();
  await server.close();
});
