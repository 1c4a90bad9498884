// SPDX-License-Identifier: Apache-2.0
// One connection to a scan process that does not keep to the protocol: whatever it sends, every request comes to an end, and
// nothing is thrown outside of one.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { LazaretError } from '@lazaret/core';
import { memoryHost } from '@lazaret/host/memory';
import type { Link, OpenFile } from '@lazaret/host/ports';
import type { EngineScan } from './engine.ts';
import { openSession, SessionLost, type Session } from './session.ts';
import { ANSWER, ANSWER_HEADER_BYTES, REQUEST } from './answers/wire.ts';

const SCAN: EngineScan = {
  profile: {
    compressionLayersMax: 5,
    nestingMax: 30,
    memberBytesMax: 1_000,
    membersMax: 10,
    engineTimeMs: 1_000,
    walkTimeMs: 1_000,
    typeRule: null,
  },
  nameListed: false,
  scanClass: 'followUp',
  owner: 0,
  deadlineMs: 1_000,
};

const CLEAN = {
  verdict: 'clean',
  threats: [],
  unscanned: [],
  trueType: 'text',
  bytes: 1,
  sha256: null,
  coverage: { lookedAt: 1, all: 1 },
  timeMs: 1,
};

function answer(kind: number, id: number, body: unknown): Buffer {
  const header = Buffer.alloc(ANSWER_HEADER_BYTES);
  header.write('LZA1', 0, 'latin1');
  header.writeUInt8(kind, 4);
  header.writeBigUInt64LE(BigInt(id), 8);
  return Buffer.concat([header, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))]);
}

interface Opened {
  readonly session: Session;
  readonly ended: Promise<void>;
  readonly file: OpenFile;
}

/** A session with a scanner of the test's own: `reply` says what it sends for each request. */
function open(t: TestContext, reply: (kind: number, id: number, link: Link) => readonly Buffer[] | 'close'): Opened {
  const { files, sockets, tree } = memoryHost();
  const path = '/s';
  const listening = sockets.listen(path, { kind: 'seqpacket', mode: 0o600 }, (accept) => {
    const link = accept({
      onMessage: (bytes, descriptors) => {
        for (const descriptor of descriptors) files.adopt(descriptor).close();
        const replies = reply(bytes.readUInt8(4), Number(bytes.readBigUInt64LE(8)), link);
        if (replies === 'close') return link.close();
        for (const one of replies) link.send(one).catch(() => {});
      },
      onEnd: () => {},
    });
  });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const session = openSession(sockets, path, new Map(), resolve);
  tree.write('/file', '');
  const folder = files.openFolder(Buffer.from('/'));
  const file = folder.openFile(Buffer.from('file'));
  t.after(() => {
    session.close();
    listening.close();
    file.close();
  });
  return { session, ended, file };
}

const profileTaken = (kind: number, id: number): readonly Buffer[] =>
  kind === REQUEST.profile ? [answer(ANSWER.profile, id, {})] : [];

test('rows that come ahead of the answer are joined with it, each with its own request', async (t) => {
  const leaf = { reason: 'encrypted', layers: ['a'], bytes: 1 };
  const { session, file } = open(t, (kind, id) => {
    if (kind !== REQUEST.scan) return profileTaken(kind, id);
    const rows = { unscanned: Array.from({ length: id }, () => leaf) };
    return [answer(ANSWER.scanRows, id, rows), answer(ANSWER.scanFinal, id, { ...CLEAN, bytes: id })];
  });
  const answers = await Promise.all([1, 2, 3].map(() => session.scan(file, SCAN)));
  for (const { bytes, unscanned } of answers) assert.equal(unscanned.length, bytes);
  assert.equal(new Set(answers.map(({ bytes }) => bytes)).size, 3);
});

test('bytes that are none of the protocol lose the connection and all requests; it is closed', async (t) => {
  const nonsense: Buffer[] = [
    Buffer.from('x'),
    Buffer.alloc(ANSWER_HEADER_BYTES),
    answer(ANSWER.scanFinal, 1, '{"verdict":'),
    answer(ANSWER.scanFinal, 1, '['.repeat(50_000)),
  ];
  for (const bytes of nonsense) {
    const { session, ended, file } = open(t, (kind, id) => (kind === REQUEST.scan ? [bytes] : profileTaken(kind, id)));
    const [first, second] = await Promise.allSettled([session.scan(file, SCAN), session.ask(REQUEST.ping)]);
    for (const one of [first, second]) assert.ok(one.status === 'rejected' && one.reason instanceof SessionLost);
    await ended;
    await assert.rejects(session.scan(file, SCAN), SessionLost, 'and nothing waits on it any more');
  }
});

test('a run that outlives many scan processes keeps nothing of them: its signal forgets every request that ended, however', async (t) => {
  const run = new AbortController();
  for (const reply of ['answered', 'lost', 'refused'] as const) {
    const { session, file } = open(t, (kind, id) => {
      if (kind !== REQUEST.scan) return profileTaken(kind, id);
      if (reply === 'lost') return 'close';
      return [answer(ANSWER.scanFinal, id, reply === 'answered' ? CLEAN : {})];
    });
    await session.scan(file, { ...SCAN, signal: run.signal }).catch(() => {});
    assert.equal(getEventListeners(run.signal, 'abort').length, 0, reply);
  }
});

test('answers to nobody, answered twice, of the wrong kind or shape: one request fails at most, the others go on', async (t) => {
  const { session, file } = open(t, (kind, id) => {
    if (kind === REQUEST.profile) return profileTaken(kind, id);
    if (kind === REQUEST.ping) return [answer(ANSWER.pong, id + 1_000, {}), answer(ANSWER.pong, id, 'null')];
    if (kind === REQUEST.status)
      return [answer(ANSWER.error, id, { error: { code: 'scanner.broken', detail: 'why' } })];
    const bad = [{ ...CLEAN, verdict: 'maybe' }, { ...CLEAN, bytes: -1 }, {}, 'null', '7'][id % 5];
    return [answer(ANSWER.scanFinal, id, bad), answer(ANSWER.scanFinal, id, CLEAN)];
  });
  for (let round = 0; round < 5; round++) {
    await assert.rejects(session.scan(file, SCAN), (error) => !(error instanceof SessionLost));
    assert.equal(await session.ask(REQUEST.ping), null);
  }
  const isBroken = (error: unknown): boolean => error instanceof LazaretError && error.code === 'scanner.broken';
  await assert.rejects(session.ask(REQUEST.status), isBroken);
});

test('a scanner that goes away in the middle: every request is told', async (t) => {
  const { session, ended, file } = open(t, (kind, id) => (kind === REQUEST.ping ? 'close' : profileTaken(kind, id)));
  const requests = [...Array(20).keys()].map(() => session.scan(file, SCAN));
  requests.push(session.ask(REQUEST.ping) as never);
  for (const one of await Promise.allSettled(requests))
    assert.ok(one.status === 'rejected' && one.reason instanceof SessionLost);
  await ended;
});

test('a scan that is cancelled before it is sent is not sent; one on its way is cancelled by its number', async (t) => {
  const cancelled: number[] = [];
  let scans = 0;
  const controller = new AbortController();
  const { session, file } = open(t, (kind, id) => {
    if (kind === REQUEST.scan) {
      scans += 1;
      controller.abort();
    }
    if (kind !== REQUEST.cancel) return profileTaken(kind, id);
    cancelled.push(id);
    return [answer(ANSWER.error, id, { error: { code: 'scan.cancelled' } })];
  });
  const isCancelled = (error: unknown): boolean => error instanceof LazaretError && error.code === 'scan.cancelled';
  await assert.rejects(session.scan(file, { ...SCAN, signal: controller.signal }), isCancelled);
  await assert.rejects(session.scan(file, { ...SCAN, signal: controller.signal }), isCancelled);
  assert.equal(scans, 1);
  assert.equal(cancelled.length, 1);
});

test('LM-10a: what was found before the end stands, whatever the last packet says; named again there it is one threat', async (t) => {
  const early = { name: 'Early', engine: 'clamav', layers: [] };
  const final = { name: 'Early', engine: 'clamav', layers: ['inside.txt'] };
  const other = { name: 'Other', engine: 'yara', layers: [] };
  const infected = (threats: readonly unknown[]): unknown => ({ ...CLEAN, verdict: 'infected', threats });
  const cases: readonly { readonly last: unknown; readonly threats: readonly unknown[] }[] = [
    { last: CLEAN, threats: [early] },
    { last: { ...CLEAN, verdict: 'partly' }, threats: [early] },
    { last: { ...CLEAN, verdict: 'out-of-scope' }, threats: [early] },
    { last: infected([]), threats: [early] },
    { last: infected([final]), threats: [final] },
    { last: infected([other]), threats: [other, early] },
    { last: `{"verdict":"infected","threats":[],${JSON.stringify(CLEAN).slice(1)}`, threats: [early] },
  ];
  for (const { last, threats } of cases) {
    const { session, file } = open(t, (kind, id) =>
      kind === REQUEST.scan
        ? [answer(ANSWER.scanHits, id, { threats: [early] }), answer(ANSWER.scanFinal, id, last)]
        : profileTaken(kind, id),
    );
    const said = await session.scan(file, SCAN);
    assert.deepEqual([said.verdict, said.threats], ['infected', threats]);
  }
});
