// SPDX-License-Identifier: Apache-2.0
// Links between processes of one machine.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Link, LinkHandlers, Peer, SocketKind, Sockets } from '../ports/sockets.ts';
import { codeOf, hold, type Case } from './tree.ts';

export interface SocketsUnderTest {
  readonly sockets: Sockets;
  /** A place where nobody listens. */
  readonly path: string;
  /** What the other end must be told of this process. */
  readonly self: Pick<Peer, 'pid' | 'uid' | 'gid'>;
  /** A client that sends a word and ends its own direction; it may still read. */
  halfEnded(path: string, word: string): { answer(): Promise<string>; close(): void };
  /** An open file, what a descriptor of it reads, and how one that came is closed. */
  openFile(content: string): number;
  readDescriptor(descriptor: number): string;
  close(descriptor: number): void;
  /** How many descriptors this process has. */
  openings(): number;
}

export type MakeSockets = (context: TestContext) => SocketsUnderTest;

interface Pair extends SocketsUnderTest {
  readonly client: Link;
  readonly server: Link;
  readonly received: { readonly bytes: Buffer; readonly descriptors: readonly number[] }[];
  until(isSo: () => boolean): Promise<void>;
  readonly ended: string[];
  stopListening(): void;
}

const SOCKETS: readonly Case<SocketsUnderTest>[] = [
  [
    'messages keep their order and their edges; a stream keeps its bytes',
    async (under, context) => {
      for (const kind of ['seqpacket', 'stream'] as const) {
        const pair = await connect(context, under, kind);
        const words = Array.from({ length: 1_000 }, (_, index) => `message ${index};`);
        await Promise.all(words.map(async (word) => await pair.client.send(Buffer.from(word))));
        const all = (): string => pair.received.map(({ bytes }) => bytes.toString()).join('');
        await pair.until(() => all().length === words.join('').length);
        assert.equal(all(), words.join(''));
        if (kind === 'seqpacket')
          assert.deepEqual(
            pair.received.map(({ bytes }) => bytes.toString()),
            words,
          );
      }
    },
  ],

  [
    'who does not read holds the sender back, and loses nothing',
    async (under, context) => {
      const pair = await connect(context, under, 'seqpacket');
      pair.server.setReading(false);
      let taken = 0;
      const sends = Array.from({ length: 400 }, async (_, index) => {
        const message = Buffer.alloc(10_000);
        message.writeUInt32LE(index);
        await pair.client.send(message);
        taken += 1;
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(pair.received.length, 0);
      assert.ok(taken < 400, `${taken} were taken though nobody read`);
      pair.server.setReading(true);
      await Promise.all(sends);
      await pair.until(() => pair.received.length === 400);
      assert.deepEqual(
        pair.received.map(({ bytes }) => bytes.readUInt32LE()),
        Array.from({ length: 400 }, (_, index) => index),
      );
    },
  ],

  [
    'an open file arrives as one of its own, and the sender keeps his',
    async (under, context) => {
      const pair = await connect(context, under, 'seqpacket');
      const descriptor = pair.openFile('content');
      await pair.client.send(Buffer.from('look'), [descriptor]);
      await pair.until(() => pair.received.length === 1);
      const [there = -1] = pair.received[0]?.descriptors ?? [];
      assert.notEqual(there, descriptor);
      assert.deepEqual([pair.readDescriptor(there), pair.readDescriptor(descriptor)], ['content', 'content']);
      pair.close(descriptor);
      assert.equal(pair.readDescriptor(there), 'content');
      pair.close(there);
    },
  ],

  [
    'open files that were sent and that nobody received are closed with the link, at whichever end it is closed',
    async (under, context) => {
      const descriptor = under.openFile('content');
      for (const closing of ['client', 'server'] as const) {
        const before = under.openings();
        const pair = await connect(context, under, 'seqpacket');
        pair.server.setReading(false);
        const sends = Array.from(
          { length: 40 },
          async () => await pair.client.send(Buffer.alloc(10_000), [descriptor]),
        );
        const settled = Promise.allSettled(sends);
        await new Promise((resolve) => setTimeout(resolve, 50));
        pair[closing].close();
        assert.ok((await settled).some(({ status }) => status === 'rejected'));
        pair.server.close();
        pair.client.close();
        pair.stopListening();
        await until(() => under.openings() <= before, 5_000);
      }
      assert.equal(under.readDescriptor(descriptor), 'content');
      under.close(descriptor);
    },
  ],

  [
    'each end knows who is at the other; an end is told once to both, and then nothing is sent',
    async (under, context) => {
      const pair = await connect(context, under, 'seqpacket');
      const { pid, uid, gid } = pair.server.peer();
      assert.deepEqual({ pid, uid, gid }, pair.self);
      await pair.client.send(Buffer.from('last'));
      pair.client.close();
      pair.client.close();
      await pair.until(() => pair.ended.length === 2);
      assert.deepEqual(pair.ended.toSorted(), ['client', 'server']);
      assert.deepEqual(
        pair.received.map(({ bytes }) => bytes.toString()),
        ['last'],
      );
      await assert.rejects(pair.server.send(Buffer.from('late')), { code: 'EPIPE' });
      await assert.rejects(pair.client.send(Buffer.from('late')), { code: 'EPIPE' });
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(pair.ended.length, 2);
    },
  ],

  [
    'half an end is told where that is asked for, and the other side still hears',
    async (under, context) => {
      const told: string[] = [];
      const link = listenOnce(context, under, {
        onMessage: (bytes) => told.push(bytes.toString()),
        onHalfEnd: () => told.push('half'),
        onEnd: () => told.push('end'),
      });
      const client = under.halfEnded(under.path, 'question');
      await until(() => told.includes('half'));
      await (await link).send(Buffer.from('answer'));
      assert.equal(await client.answer(), 'answer');
      assert.deepEqual(told, ['question', 'half']);
      client.close();
      await until(() => told.includes('end'));
      assert.deepEqual(told, ['question', 'half', 'end']);
    },
  ],

  [
    'half an end is the end where nobody asks for it',
    async (under, context) => {
      const told: string[] = [];
      const link = listenOnce(context, under, {
        onMessage: (bytes) => told.push(bytes.toString()),
        onEnd: () => told.push('end'),
      });
      under.halfEnded(under.path, 'question');
      await until(() => told.includes('end'));
      assert.deepEqual(told, ['question', 'end']);
      await assert.rejects((await link).send(Buffer.from('late')), { code: 'EPIPE' });
    },
  ],

  [
    'where nobody listens, or nobody does any more, it is said by its code',
    (under) => {
      const { sockets, path } = under;
      const handlers = { onMessage: () => {}, onEnd: () => {} };
      assert.equal(
        codeOf(() => sockets.connect(path, 'stream', handlers)),
        'ENOENT',
      );
      sockets.listen(path, { kind: 'stream', mode: 0o600 }, () => {}).close();
      assert.equal(
        codeOf(() => sockets.connect(path, 'stream', handlers)),
        'ENOENT',
      );
    },
  ],
];

export function socketsContract(system: string, make: MakeSockets): void {
  hold(`${system}, sockets`, SOCKETS, make);
}

function listenOnce(context: TestContext, under: SocketsUnderTest, handlers: LinkHandlers): Promise<Link> {
  const { promise, resolve } = Promise.withResolvers<Link>();
  const listening = under.sockets.listen(under.path, { kind: 'stream', mode: 0o600 }, (open) =>
    resolve(open(handlers)),
  );
  context.after(() => listening.close());
  return promise;
}

async function connect(context: TestContext, under: SocketsUnderTest, kind: SocketKind): Promise<Pair> {
  const received: Pair['received'] = [];
  const ended: string[] = [];
  const { promise: accepted, resolve: accept } = Promise.withResolvers<Link>();
  const listening = under.sockets.listen(under.path, { kind, mode: 0o600 }, (open) =>
    accept(
      open({
        onMessage: (bytes, descriptors) => received.push({ bytes, descriptors }),
        onEnd: () => ended.push('server'),
      }),
    ),
  );
  const client = under.sockets.connect(under.path, kind, { onMessage: () => {}, onEnd: () => ended.push('client') });
  const server = await accepted;
  context.after(() => {
    client.close();
    server.close();
    listening.close();
  });
  return { ...under, client, server, received, ended, until, stopListening: () => listening.close() };
}

const WAIT_MS_MAX = 60_000;

async function until(isSo: () => boolean, waitMsMax = WAIT_MS_MAX): Promise<void> {
  for (const begin = Date.now(); !isSo(); await new Promise((resolve) => setTimeout(resolve, 1)))
    if (Date.now() - begin > waitMsMax) throw new Error(`not so after ${waitMsMax} ms: ${isSo.toString()}`);
}
