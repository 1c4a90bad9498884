// SPDX-License-Identifier: Apache-2.0
// The bytes of native/scanner/PROTOCOL.md, one by one. With the scanner itself: start-engine.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fullSize, testSeed } from '@lazaret/testkit';
import type { EngineProfile } from '../engine.ts';
import {
  ANSWER_HEADER_BYTES,
  decodeAnswer,
  encodeLoad,
  encodeOwner,
  encodeProfile,
  encodeRequest,
  REQUEST,
  SCAN_CLASSES,
} from './wire.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const packed = (text: string): string => text.replaceAll('_', '');

const PROFILE: EngineProfile = {
  compressionLayersMax: 5,
  nestingMax: 30,
  memberBytesMax: 2 ** 33,
  membersMax: 10,
  engineTimeMs: 1_000,
  walkTimeMs: 2_000,
  typeRule: null,
};

function answer(kind: number, id: number, text: string): Buffer {
  const header = Buffer.alloc(ANSWER_HEADER_BYTES);
  header.write('LZA1', 0, 'latin1');
  header.writeUInt8(kind, 4);
  header.writeBigUInt64LE(BigInt(id), 8);
  return Buffer.concat([header, Buffer.from(text)]);
}

test('a request is a header of 24 bytes, and what it carries behind it; what is not said is 0', () => {
  const header = { kind: REQUEST.scan, id: 2 ** 40, scanClass: 2, profile: 3, deadlineMs: 7, flags: 1 };
  const bytes = packed('4c5a5231_03_02_0300_0000000000010000_07000000_01000000');
  assert.equal(hex(encodeRequest(header)), bytes);
  assert.equal(hex(encodeRequest(header, Buffer.from('ab'))), `${bytes}6162`);
  assert.equal(
    hex(encodeRequest({ kind: REQUEST.ping, id: 1 })),
    packed('4c5a5231_07_00_0000_0100000000000000_00000000_00000000'),
  );
});

test('who waits for a scan goes before who does not: the numbers of the classes are in that order', () => {
  assert.deepEqual(SCAN_CLASSES, { open: 0, followUp: 1, clamd: 2, run: 3 });
  assert.equal(hex(encodeOwner(2 ** 40)), '0000000000010000');
});

test('a profile is its limits, and a bit for each type of its rule; types that the scanner does not have are left out', () => {
  const limits = packed('05000000_1e000000_0000000002000000_0a000000_e8030000_d0070000');
  const numbers = new Map([
    ['zero', 0],
    ['elf', 9],
    ['ten', 10],
    ['twelve', 12],
    ['text', 255],
    ['beyond', 256],
  ]);
  assert.equal(hex(encodeProfile(PROFILE, numbers)), `${limits}00000000${'00'.repeat(64)}`);
  const typeRule = { types: ['elf', 'beyond', 'unknown'], typesWhenListed: ['text', 'elf', 'beyond', 'unknown'] };
  assert.equal(
    hex(encodeProfile({ ...PROFILE, typeRule }, numbers)),
    `${limits}01000000${packed(`00_02_${'00'.repeat(30)}`)}${packed(`00_02_${'00'.repeat(29)}_80`)}`,
  );
  const both = { ...PROFILE, typeRule: { types: ['zero', 'ten', 'twelve'], typesWhenListed: [] } };
  assert.equal(hex(encodeProfile(both, numbers).subarray(32)), packed(`01_14_${'00'.repeat(62)}`));
});

test('a load names how many signatures are expected, or all ones, and its directory with the length of that', () => {
  assert.equal(hex(encodeLoad('/ä', 258)), packed('02010000_0300_0000_2fc3a4'));
  assert.equal(hex(encodeLoad('/', null)), packed('ffffffff_0100_0000_2f'));
});

test('an answer is its kind, the number of its request, and JSON or nothing', () => {
  assert.deepEqual(decodeAnswer(answer(3, 2 ** 40, '{"a":["ä"]}')), { kind: 3, id: 2 ** 40, body: { a: ['ä'] } });
  assert.deepEqual(decodeAnswer(answer(7, 1, '')), { kind: 7, id: 1, body: null });
});

test('what does not begin as an answer does, or is too short for one, is none', () => {
  const good = answer(7, 1, '');
  const none = { message: 'the scanner sent an invalid answer' };
  for (const bytes of [Buffer.alloc(0), good.subarray(0, 15), Buffer.concat([Buffer.from('x'), good])])
    assert.throws(() => decodeAnswer(bytes), none);
  assert.throws(() => decodeAnswer(answer(7, 1, '{')), SyntaxError);
});

test('foreign bytes are an answer or an error, and nothing else', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((raw) => Buffer.from(raw)),
    fc.tuple(fc.nat(255), fc.nat(), fc.json()).map(([kind, id, body]) => answer(kind, id, body)),
  );
  fc.assert(
    fc.property(bytes, (raw) => {
      try {
        assert.equal(typeof decodeAnswer(raw).id, 'number');
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    }),
    { seed: testSeed, numRuns: process.env['LAZARET_MUTANTS'] === '1' ? 30 : fullSize ? 20_000 : 2_000 },
  );
});
