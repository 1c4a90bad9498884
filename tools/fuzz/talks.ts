// SPDX-License-Identifier: Apache-2.0
// Messages of the protocols in the order that they come, in the frames that the targets read (native/*/fuzz).
import { encodeLoad, encodeOwner, encodeRequest, REQUEST } from '../../packages/agent/src/engine/answers/wire.ts';

function said(who: string, packet: Buffer): Buffer {
  const head = Buffer.alloc(3);
  head.write(who);
  head.writeUInt16LE(packet.length, 1);
  return Buffer.concat([head, packet]);
}

function profile(): Buffer {
  const bytes = Buffer.alloc(96, 1);
  [20, 20].forEach((value, index) => bytes.writeUInt32LE(value, index * 4));
  bytes.writeBigUInt64LE(1_000_000n, 8);
  [1_000, 1_000, 1_000, 0].forEach((value, index) => bytes.writeUInt32LE(value, 16 + index * 4));
  return bytes;
}

function request(kind: number, id: number, payload?: Buffer): Buffer {
  return encodeRequest({ kind, id }, payload);
}

/** What a worker says of a job: the number it was given, what kind, JSON. */
function result(job: number, kind: number, json: string): Buffer {
  const head = Buffer.alloc(16);
  head.writeBigUInt64LE(BigInt(job));
  head.writeUInt8(kind, 8);
  return Buffer.concat([head, Buffer.from(json)]);
}

export function brokerTalks(): readonly Buffer[] {
  const ready = [said('a', request(REQUEST.hello, 1)), said('a', request(REQUEST.profile, 2, profile()))];
  const scan = (id: number): Buffer => said('A', request(REQUEST.scan, id, encodeOwner(1_000)));
  const talks = [
    [
      ...ready,
      scan(3),
      said('w', result(1, 9, '{"threats":[]}')),
      said('w', result(1, 4, '{}')),
      said('w', result(1, 3, '{}')),
    ],
    [...ready, scan(3), scan(4), scan(5), said('a', request(REQUEST.cancel, 4)), said('d', Buffer.alloc(0)), scan(6)],
    [...ready, scan(3), said('d', Buffer.alloc(0)), said('w', result(2, 8, 'abc')), said('w', result(9, 3, '{}'))],
    [
      said('b', request(REQUEST.status, 1)),
      said('b', request(REQUEST.ping, 2)),
      said('b', request(REQUEST.load, 3, encodeLoad('/x', 7))),
    ],
    [
      said('b', request(REQUEST.profile, 2, profile())),
      said('m', request(REQUEST.scan, 3)),
      said('B', request(REQUEST.scan, 3)),
      said('x', Buffer.alloc(0)),
      said('e', Buffer.alloc(0)),
    ],
    [said('a', Buffer.from('LZR1')), said('b', Buffer.alloc(24, 1))],
  ];
  return talks.map((talk) => Buffer.concat(talk));
}

export function fdlinkTalks(): readonly Buffer[] {
  const message = (files: number, room: number, text: string): Buffer => {
    const head = Buffer.from([files, room, 0, 0]);
    head.writeUInt16LE(text.length, 2);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  const talk = Buffer.concat([
    message(0, 1, 'hello'),
    message(1, 0, 'a'),
    message(17, 1, 'many'),
    message(3, 3, 'x'.repeat(900)),
  ]);
  return [0, 1].map((kind) => Buffer.concat([Buffer.from([kind]), talk]));
}

/** Who speaks and with how many descriptors, of which kinds, how long it is, its text. */
export function doorTalks(): readonly Buffer[] {
  const message = (who: number, kinds: number, text: string): Buffer =>
    Buffer.from([who, kinds, text.length, ...Buffer.from(text)]);
  return [
    [message(3, 0, 'zFILDES\0'), message(3, 1, 'x'), message(0, 0, 'fd[1]: OK\0')],
    [message(31, 0xff, 'zPING\0'), message(0, 0, 'PONG\0'), message(1, 2, ''), message(30, 7, 'y')],
  ].map((talk) => Buffer.concat(talk));
}

export function verdictAnswers(): readonly string[] {
  const answer = (verdict: string, more: object): string =>
    JSON.stringify({ verdict, threats: [], unscanned: [], trueType: 'elf', bytes: 1, sha256: 'a'.repeat(64), ...more });
  const threats = [{ name: 'Eicar-Test-Signature', engine: 'clamav', layers: ['a.zip'] }];
  const unscanned = [
    { reason: 'encrypted', layers: [], bytes: 1 },
    { reason: 'engine-failure', layers: [], bytes: null },
  ];
  return [
    answer('clean', {}),
    answer('infected', { threats }),
    answer('partly', { unscanned }),
    `${answer('partly', { unscanned })}\n${JSON.stringify({ threats })}\n${JSON.stringify({ unscanned })}`,
    '{"verdict":7}',
  ];
}

/** Tables as a gate leaves them: nothing read, one open that waits, records whose lengths lie. */
export function takeoverTables(): readonly Buffer[] {
  const zero = Buffer.alloc(4_000);
  const waiting = Buffer.alloc(9_001);
  waiting.writeUInt32LE(1, 32 + 4);
  waiting.writeUInt32LE(2, 32 + 4 + 4 + 24);
  const lies = Buffer.alloc(20_001, 0xff);
  lies.writeBigUInt64LE(3n, 40);
  lies.writeBigUInt64LE(0n, 48);
  return [zero, waiting, lies];
}

/** What an agent sends, what the gate tells it, and other agents that take its place (native/gate/fuzz/links.cpp). */
export function agentTalks(configurations: readonly string[]): readonly Buffer[] {
  const told = (bytes: number): string => `>${'\x01'.repeat(bytes)}`;
  const done = (...numbers: (number | bigint)[]): string => `{"type":"done","numbers":[${numbers.join(',')}]}`;
  return [
    `{"type":"configure"}\n${configurations[0] ?? ''}`,
    `{"type":"stats"}\n${done(1, 2, 18_446_744_073_709_551_615n)}\n{"type":"deny" }\n{"type":"deny"}`,
    '{"type":"done"}\n{"type":"done","numbers":7}\n[]\n{"type":7}',
    `>a\n>bc\n>def\n>gh\n>i\n>jk\n${done(2)}\n+\n${done(1, 3, 9)}\n+x`,
    `>a\n${told(60_000)}\n>b`,
    [...Array.from({ length: 40 }, () => told(1_500)), '+', done(1, 2, 3), '>last'].join('\n'),
  ].map((text) => Buffer.from(text));
}
