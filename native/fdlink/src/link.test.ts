// SPDX-License-Identifier: Apache-2.0
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { closeSync, fstatSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connectLink, listenLinks, type Link, type LinkHandlers, type SocketKind } from './index.ts';

interface Received {
  readonly bytes: Buffer;
  readonly descriptors: readonly number[];
}

interface Pair {
  readonly client: Link;
  readonly server: Link;
  readonly received: Received[];
  arrived(count: number): Promise<void>;
  readonly ended: Promise<void>;
}

async function makePair(test: TestContext, kind: SocketKind): Promise<Pair> {
  const directory = mkdtempSync(join(tmpdir(), 'fdlink-'));
  const path = join(directory, 's');
  const received: Received[] = [];
  let wake = (): void => {};
  const arrived = async (count: number): Promise<void> => {
    while (received.length < count) await new Promise<void>((resolve) => (wake = resolve));
  };
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const { promise: accepted, resolve: accept } = Promise.withResolvers<Link>();
  const listening = listenLinks(path, { kind, mode: 0o600 }, (open) =>
    accept(
      open({
        onMessage: (bytes, descriptors) => {
          received.push({ bytes, descriptors });
          wake();
        },
        onEnd: end,
      }),
    ),
  );
  const client = connectLink(path, kind, { onMessage: () => {}, onEnd: () => {} });
  const server = await accepted;
  test.after(() => {
    client.close();
    server.close();
    listening.close();
    rmSync(directory, { recursive: true });
  });
  return { client, server, received, arrived, ended };
}

test('a descriptor arrives as an open file of its own, beside its message', async (t) => {
  const pair = await makePair(t, 'seqpacket');
  const directory = mkdtempSync(join(tmpdir(), 'fdlink-'));
  writeFileSync(join(directory, 'file'), 'content');
  const descriptor = openSync(join(directory, 'file'), 'r');
  await pair.client.send(Buffer.from('look'), [descriptor]);
  closeSync(descriptor);
  await pair.arrived(1);
  const [first] = pair.received;
  assert.equal(first?.bytes.toString(), 'look');
  const there = first?.descriptors[0] ?? -1;
  const bytes = Buffer.alloc(7);
  readSync(there, bytes, 0, 7, 0);
  assert.equal(bytes.toString(), 'content');
  closeSync(there);
  rmSync(directory, { recursive: true });
});

test('thousands of messages keep order and edges, also when the other side reads late', async (t) => {
  const pair = await makePair(t, 'seqpacket');
  pair.server.setReading(false);
  const sends = Array.from({ length: 5_000 }, (_, index) => pair.client.send(Buffer.from(`message ${index}`)));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(pair.received.length, 0);
  pair.server.setReading(true);
  await Promise.all(sends);
  await pair.arrived(5_000);
  pair.received.forEach(({ bytes }, index) => assert.equal(bytes.toString(), `message ${index}`));
});

test('a stream carries descriptors too, and large bytes arrive whole', async (t) => {
  const pair = await makePair(t, 'stream');
  const large = Buffer.alloc(3_000_000, 'x');
  const descriptor = openSync('/dev/null', 'r');
  await pair.client.send(Buffer.from('F'), [descriptor]);
  closeSync(descriptor);
  const sent = pair.client.send(large);
  const total = (): number => pair.received.reduce((sum, { bytes }) => sum + bytes.length, 0);
  while (total() < large.length + 1) await pair.arrived(pair.received.length + 1);
  await sent;
  const [there = -1] = pair.received.flatMap(({ descriptors }) => descriptors);
  assert.ok(fstatSync(there).isCharacterDevice());
  closeSync(there);
});

test('the kernel names the peer; its end is told once, and sending to it is EPIPE', async (t) => {
  const pair = await makePair(t, 'seqpacket');
  const peer = pair.server.peer();
  assert.deepEqual([peer.pid, peer.uid, peer.gid], [process.pid, process.getuid?.(), process.getgid?.()]);
  pair.client.close();
  await pair.ended;
  await assert.rejects(pair.server.send(Buffer.from('late')), { code: 'EPIPE' });
});

test('nobody listening is an error with its errno, and no descriptor is left behind', () => {
  const before = readdirSync('/proc/self/fd').length;
  const attempt = (): unknown => connectLink('/nonexistent/socket', 'stream', { onMessage: () => {}, onEnd: () => {} });
  assert.throws(attempt, { code: 'ENOENT' });
  assert.throws(() => connectLink(`/${'x'.repeat(200)}`, 'stream', { onMessage: () => {}, onEnd: () => {} }), {
    code: 'ENAMETOOLONG',
  });
  assert.equal(readdirSync('/proc/self/fd').length, before);
});

test('a link that has ended is collected, with all that its handlers know: a death of the other side costs no memory', async (t) => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const directory = mkdtempSync(join(tmpdir(), 'fdlink-'));
  const path = join(directory, 's');
  const { promise: accepted, resolve: accept } = Promise.withResolvers<void>();
  const listening = listenLinks(path, { kind: 'seqpacket', mode: 0o600 }, (open) => {
    open({ onMessage: () => {}, onEnd: accept });
  });
  t.after(() => {
    listening.close();
    rmSync(directory, { recursive: true });
  });
  const makeEnded = (): WeakRef<object> => {
    const handlers = { onMessage: () => {}, onEnd: () => {} };
    const link = connectLink(path, 'seqpacket', handlers);
    Object.assign(handlers, { link });
    link.close();
    return new WeakRef(handlers);
  };
  const ended = makeEnded();
  await accepted;
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  assert.equal(ended.deref(), undefined);
});

/** A client that sends `word` and ends its own direction; it may still read. */
function halfEnded(t: TestContext, path: string, word: string): Socket {
  const client = createConnection({ path, allowHalfOpen: true });
  t.after(() => client.destroy());
  client.end(word);
  return client;
}

async function listenAt(
  t: TestContext,
  handlers: Omit<LinkHandlers, 'onMessage'>,
): Promise<{ path: string; link: Promise<Link> }> {
  const directory = mkdtempSync(join(tmpdir(), 'fdlink-'));
  const path = join(directory, 's');
  const { promise: link, resolve } = Promise.withResolvers<Link>();
  const listening = listenLinks(path, { kind: 'stream', mode: 0o600 }, (open) =>
    resolve(open({ ...handlers, onMessage: () => {} })),
  );
  t.after(() => {
    listening.close();
    rmSync(directory, { recursive: true });
  });
  return { path, link };
}

test('half an end is told once where that is asked for: the other side still hears, and its whole end is told after it', async (t) => {
  const told: string[] = [];
  const half = Promise.withResolvers<void>();
  const whole = Promise.withResolvers<void>();
  const { path, link } = await listenAt(t, {
    onHalfEnd: () => {
      told.push('half');
      half.resolve();
    },
    onEnd: () => {
      told.push('whole');
      whole.resolve();
    },
  });
  const client = halfEnded(t, path, 'question');
  await half.promise;
  await (await link).send(Buffer.from('answer'));
  assert.equal(String((await once(client, 'data'))[0]), 'answer');
  assert.deepEqual(told, ['half']);
  client.destroy();
  await whole.promise;
  assert.deepEqual(told, ['half', 'whole']);
});

test('half an end is the end where nobody asks for it', async (t) => {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const { path, link } = await listenAt(t, { onEnd: resolve });
  halfEnded(t, path, 'question');
  await ended;
  await assert.rejects((await link).send(Buffer.from('answer')), { code: 'EPIPE' });
});
