// SPDX-License-Identifier: Apache-2.0
// LM-11a in real-time: the kinds of file that the engine leaves out by their type are refused as any other.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeMarker, temporaryDirectory } from '@lazaret/testkit';
import { MARKS } from '../../tests/scanner/archives/marks.ts';
import { makeRealtime, within } from '../support/realtime-product.ts';

const KINDS = ['id3', 'mp3-sync', 'ogg', 'real-media', 'sqlite', 'sqlite-wal-be', 'sqlite-journal'] as const;

test('LM-11a: in real-time an infected file is refused, whatever the mark at its head', {
  timeout: 120_000,
}, async (t) => {
  const product = await makeRealtime(t);
  const { mounts } = product;
  const marker = makeMarker('Test.Behind.Mark');
  const patterns = join(temporaryDirectory(t), 'patterns');
  mkdirSync(patterns);
  writeFileSync(join(patterns, 'test.ndb'), marker.signature);
  const realtime = await product.start('--watch', mounts.directory, '--action', 'deny', '--patterns', patterns);
  await realtime.line('state', ({ state }) => state === 'on');
  const read = KINDS.filter((kind) => {
    const bytes = Buffer.concat([Buffer.from(MARKS[kind] ?? '', 'hex'), Buffer.from(`<?php ${marker.text}`)]);
    within(mounts, `base64 -d > ${kind} <<< ${bytes.toString('base64')}`);
    return within(mounts, `cat ${kind} >/dev/null`).code === 0;
  });
  assert.deepEqual(read, []);
  within(mounts, 'printf harmless > harmless');
  assert.equal(within(mounts, 'cat harmless').stdout, 'harmless');
  assert.equal(await realtime.stop(), 0);
});
