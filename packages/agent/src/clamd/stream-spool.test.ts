// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { HOST } from '@lazaret/host';
import { temporaryDirectory } from '@lazaret/testkit';
import { streamSpool } from './stream-spool.ts';

test('streams have no name, keep their bytes in order, and are capped together, for one user at half; what is closed makes room', async (t) => {
  const directory = temporaryDirectory(t);
  const spool = streamSpool(directory, HOST.files, 20);
  const [one, other] = [spool.open(1), spool.open(1)];
  assert.deepEqual(readdirSync(directory), []);
  one.append(Buffer.from('abc'));
  one.append(Buffer.from('def'));
  const bytes = Buffer.alloc(6);
  await one.file.readAt(bytes, 0);
  assert.equal(bytes.toString(), 'abcdef');
  assert.throws(() => other.append(Buffer.from('12345')), /Too many streams/);
  one.close();
  one.close();
  other.append(Buffer.from('1234567890'));
  assert.throws(() => other.append(Buffer.from('1')), /Too many streams/, 'closing twice gives back once');
  const anothers = spool.open(2);
  anothers.append(Buffer.from('12345'));
  assert.throws(() => anothers.append(Buffer.from('1')), /Too many streams/, 'half of what is left');
  other.close();
  anothers.close();
});
