// SPDX-License-Identifier: Apache-2.0
// The parser of clamd's language against foreign bytes: what arrives means the same however it is cut, nothing is held beyond
// the limits, and no descriptor is ever lost.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fullSize, testSeed } from '@lazaret/testkit';
import { CLAMD_LIMITS, clamdParser, type ClamdInput } from './parser.ts';
import type { ClamdVerb } from './verbs.ts';

const RUNS = {
  seed: testSeed,
  numRuns: process.env['LAZARET_MUTANTS'] === '1' ? 100 : fullSize ? 20_000 : 1_000,
} as const;

interface Piece {
  readonly bytes: Buffer;
  readonly descriptors: readonly number[];
}

const length = (bytes: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(bytes);
  return out;
};
const text = (value: string): Buffer => Buffer.from(value, 'latin1');

/** All inputs of these arrivals; the bytes of a chunk put together, as how they are cut means nothing. */
function readAll(arrivals: readonly Piece[]): { inputs: readonly ClamdInput[]; left: readonly number[] } {
  const parser = clamdParser();
  const inputs: ClamdInput[] = [];
  for (const { bytes, descriptors } of arrivals)
    for (const input of parser.feed(bytes, descriptors)) {
      const last = inputs.at(-1);
      if (input.kind === 'chunk' && last?.kind === 'chunk')
        inputs[inputs.length - 1] = { kind: 'chunk', bytes: Buffer.concat([last.bytes, input.bytes]) };
      else inputs.push(input.kind === 'chunk' ? { kind: 'chunk', bytes: Buffer.from(input.bytes) } : input);
    }
  return { inputs, left: parser.unclaimed() };
}

/** The bytes cut at these places; descriptors come with the first byte of their piece. */
function cut(pieces: readonly Piece[], places: readonly number[]): Piece[] {
  return pieces.flatMap(({ bytes, descriptors }) => {
    const inside = [...new Set(places.map((place) => place % (bytes.length + 1)))].filter((place) => place > 0);
    const edges = [0, ...inside.toSorted((left, right) => left - right), bytes.length];
    const parts = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
    return parts.map((part, index) => ({ bytes: part, descriptors: index === 0 ? descriptors : [] }));
  });
}

/** What a client says, and what it means. */
interface Said {
  readonly pieces: readonly Piece[];
  readonly means: readonly ClamdInput[];
}

const none = Buffer.alloc(0);
const word = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom('A', 'B', 'c', ' ', '/', '.', '\u00e9') });
/** Not in the old form, which ends where its arrival does. */
const command = fc
  .tuple(
    fc.constantFrom('z', 'n'),
    fc.constantFrom('PING', 'SCAN', 'VERSION', 'END', 'IDSESSION', 'stats'),
    fc.option(word),
  )
  .map(([form, name, argument]): Said => {
    const delimiter = form === 'z' ? '\0' : '\n';
    const bytes = text(`${form}${name}${argument === null ? '' : ` ${argument}`}${delimiter}`);
    const isTaken = name !== 'stats' && (argument === null) === (name !== 'SCAN');
    const verb = isTaken ? (name as ClamdVerb) : null;
    const means = { kind: 'command', verb, argument: isTaken && argument !== null ? text(argument) : none } as const;
    return { pieces: [{ bytes, descriptors: [] }], means: [{ ...means, delimiter }] };
  });
const stream = fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 5 }).map((chunks): Said => {
  const bytes = chunks.map((chunk) => Buffer.from(chunk));
  const body = bytes.flatMap((chunk) => [length(chunk.length), chunk]);
  return {
    pieces: [{ bytes: Buffer.concat([text('zINSTREAM\0'), ...body, length(0)]), descriptors: [] }],
    means: [
      { kind: 'command', verb: 'INSTREAM', argument: none, delimiter: '\0' },
      ...(bytes.length === 0 ? [] : [{ kind: 'chunk', bytes: Buffer.concat(bytes) } as const]),
      { kind: 'stream-end' },
    ],
  };
});
const fildes = fc.integer({ min: 100, max: 10_000 }).map((descriptor): Said => {
  const means: ClamdInput = { kind: 'command', verb: 'FILDES', argument: none, delimiter: '\0' };
  return {
    pieces: [
      { bytes: text('zFILDES\0'), descriptors: [] },
      { bytes: text('x'), descriptors: [descriptor] },
    ],
    means: [means, { kind: 'descriptor', descriptor }],
  };
});
const conversation = fc
  .array(fc.oneof(command, stream, fildes), { maxLength: 8 })
  .map((all): Said => ({ pieces: all.flatMap(({ pieces }) => pieces), means: all.flatMap(({ means }) => means) }));

test('the same bytes mean the same, however they are cut', () => {
  fc.assert(
    fc.property(conversation, fc.array(fc.nat(500), { maxLength: 20 }), ({ pieces, means }, places) => {
      const expected = { inputs: means, left: [] };
      assert.deepEqual(readAll(pieces), expected);
      assert.deepEqual(readAll(cut(pieces, places)), expected);
      const joined = {
        bytes: Buffer.concat(pieces.map(({ bytes }) => bytes)),
        descriptors: pieces.flatMap(({ descriptors }) => descriptors),
      };
      if (joined.descriptors.length <= 1) assert.deepEqual(readAll([joined]), expected);
    }),
    RUNS,
  );
});

test('a chunk is handed on as it arrives, with no empty one between', () => {
  const parser = clamdParser();
  parser.feed(text('zINSTREAM\0'), []);
  assert.deepEqual(parser.feed(length(3), []), []);
  assert.deepEqual(parser.feed(text('ab'), []), [{ kind: 'chunk', bytes: text('ab') }]);
  assert.deepEqual(parser.feed(Buffer.concat([text('c'), length(1), text('d')]), []), [
    { kind: 'chunk', bytes: text('c') },
    { kind: 'chunk', bytes: text('d') },
  ]);
});

/** Bytes that look like the language often enough to get into every state. */
const foreign = fc.array(
  fc.record({
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom('zINSTREAM\0', 'nINSTREAM\n', 'zFILDES\0', 'FILDES\n', 'zSCAN /etc\0', 'z\0', '\n', 'n')
        .map(text),
      fc.nat(2 ** 32 - 1).map(length),
      fc.nat(40).map(length),
      fc.constant(text('A'.repeat(5_000))),
    ),
    descriptors: fc.array(fc.nat(100_000), { maxLength: 4 }),
  }),
  { maxLength: 60 },
);

test('foreign bytes never throw, every descriptor is handed on or left to be closed, and nothing is understood behind a fault', () => {
  fc.assert(
    fc.property(foreign, (arrivals) => {
      const { inputs, left } = readAll(arrivals);
      const given = arrivals.flatMap(({ descriptors }) => descriptors);
      const claimed = inputs.flatMap((input) =>
        input.kind === 'descriptor' && input.descriptor !== null ? [input.descriptor] : [],
      );
      assert.deepEqual(
        [...claimed, ...left].toSorted((a, b) => a - b),
        given.toSorted((a, b) => a - b),
      );
      const fault = inputs.findIndex(({ kind }) => kind === 'fault');
      if (fault !== -1) assert.equal(fault, inputs.length - 1);
    }),
    RUNS,
  );
});

test('a command has a limit, also when it comes with its end', () => {
  const long = 'x'.repeat(CLAMD_LIMITS.commandBytesMax);
  const expected = [{ kind: 'fault', message: 'Command too long.', delimiter: '\0' }];
  const once = [{ bytes: text(`zSCAN /${long}\0`), descriptors: [] }];
  assert.deepEqual(readAll(once).inputs, expected);
  assert.deepEqual(readAll(cut(once, [1, 4_000, 8_000])).inputs, expected);
  const endless = [...Array(9).keys()].map(() => ({ bytes: text('z'.repeat(1_024)), descriptors: [] }));
  assert.deepEqual(readAll(endless).inputs, expected);
  const kindOf = (bytes: number): unknown =>
    readAll([{ bytes: text(`${'zSCAN /'.padEnd(bytes, 'x')}\0`), descriptors: [] }]).inputs[0]?.kind;
  assert.deepEqual([CLAMD_LIMITS.commandBytesMax, CLAMD_LIMITS.commandBytesMax + 1].map(kindOf), ['command', 'fault']);
});

test('a stream has a limit, counted over its chunks and anew for the next stream', () => {
  const parser = clamdParser();
  const chunk = Buffer.alloc(1024 * 1024);
  const send = (bytes: Buffer): readonly ClamdInput[] => parser.feed(bytes, []);
  for (let streams = 0; streams < 2; streams++) {
    send(text('nINSTREAM\n'));
    for (let sent = 0; sent < CLAMD_LIMITS.streamBytesMax; sent += chunk.length) {
      send(length(chunk.length));
      assert.equal(send(chunk)[0]?.kind, 'chunk');
    }
    if (streams === 0) assert.deepEqual(send(length(0)), [{ kind: 'stream-end' }]);
  }
  assert.deepEqual(send(length(1)), [{ kind: 'fault', message: 'INSTREAM size limit exceeded.' }]);
  const claimed = clamdParser();
  claimed.feed(text('nINSTREAM\n'), []);
  assert.equal(claimed.feed(length(2 ** 32 - 1), [])[0]?.kind, 'fault', 'a length is not believed');
});

test('descriptors that nobody asks for end the conversation: a client cannot make us hold all that we may open', () => {
  const parser = clamdParser();
  const given = [...Array(CLAMD_LIMITS.descriptorsMax + 1).keys()];
  assert.deepEqual(parser.feed(text('z'), given), [{ kind: 'fault', message: 'Too many file descriptors.' }]);
  assert.deepEqual(parser.unclaimed(), given);
  assert.deepEqual(parser.unclaimed(), [], 'each is given back once');
  assert.deepEqual(parser.feed(text('zPING\0'), given), [], 'it has ended, and is told so once');
  assert.deepEqual(parser.unclaimed(), given);
  assert.deepEqual(clamdParser().feed(text('z'), given.slice(1)), [], 'as many as there may be');
});

test('the old form is what came at once, up to a line end; within IDSESSION it is none', () => {
  const verbs = (...arrivals: string[]): unknown[] =>
    readAll(arrivals.map((arrival) => ({ bytes: text(arrival), descriptors: [] }))).inputs.map((input) =>
      input.kind === 'command' ? [input.verb, input.argument.toString()] : input,
    );
  assert.deepEqual(verbs('PING'), [['PING', '']]);
  assert.deepEqual(verbs('SCAN /a\nPING'), [
    ['SCAN', '/a'],
    ['PING', ''],
  ]);
  assert.deepEqual(
    verbs('SCAN /a\0PING'),
    [
      ['SCAN', '/a'],
      ['PING', ''],
    ],
    'or up to a zero',
  );
  assert.deepEqual(verbs('SCAN /a', 'b\n'), [
    ['SCAN', '/a'],
    [null, ''],
  ]);
  assert.deepEqual(verbs('zPI', 'NG\0'), [['PING', '']]);
  assert.deepEqual(verbs('zIDSESSION\0', 'PING\n')[1], {
    kind: 'fault',
    message: 'Only nCMDS\\n and zCMDS\\0 are accepted inside IDSESSION.',
  });
});

test('a path may have in it what ends the other form; a line may end as on other systems', () => {
  const verbs = (bytes: string): unknown[] =>
    readAll([{ bytes: text(bytes), descriptors: [] }]).inputs.map((input) =>
      input.kind === 'command' ? [input.verb, input.argument.toString()] : input,
    );
  assert.deepEqual(verbs('zSCAN /a\nb\0'), [['SCAN', '/a\nb']]);
  assert.deepEqual(verbs('nSCAN /a\0b\n'), [['SCAN', '/a\0b']]);
  assert.deepEqual(verbs('nPING\r\n'), [['PING', '']]);
  assert.deepEqual(verbs('nSCAN /a\rb\r\r\n'), [['SCAN', '/a\rb']]);
  assert.deepEqual(verbs('PING\r\n'), [['PING', '']]);
  assert.deepEqual(verbs('zSCAN /a\r\0'), [['SCAN', '/a\r']]);
  assert.deepEqual(verbs('n\r\n'), [[null, '']]);
});

test('two descriptors with one message are none that FILDES takes', () => {
  const { inputs, left } = readAll([{ bytes: text('zFILDES\0x'), descriptors: [7, 8] }]);
  assert.deepEqual(inputs.at(-1), { kind: 'descriptor', descriptor: null });
  assert.deepEqual(left, [7, 8]);
});

test('FILDES without a descriptor says so', () => {
  const { inputs } = readAll([{ bytes: text('nFILDES\nx'), descriptors: [] }]);
  assert.deepEqual(inputs.at(-1), { kind: 'descriptor', descriptor: null });
});
