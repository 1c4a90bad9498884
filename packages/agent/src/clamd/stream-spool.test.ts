// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readSync } from 'node:fs';
import { temporaryDirectory } from '@lazaret/testkit';
import { streamSpool } from './stream-spool.ts';

test('streams have no name, keep their bytes in order, and are capped together; what is closed makes room', (t) => {
  const directory = temporaryDirectory(t);
  const spool = streamSpool(directory, 10);
  const [one, other] = [spool.open(), spool.open()];
  assert.deepEqual(readdirSync(directory), []);
  one.append(Buffer.from('abc'));
  one.append(Buffer.from('def'));
  const bytes = Buffer.alloc(6);
  readSync(one.descriptor, bytes, 0, 6, 0);
  assert.equal(bytes.toString(), 'abcdef');
  assert.throws(() => other.append(Buffer.from('12345')), /Too many streams/);
  one.close();
  one.close();
  other.append(Buffer.from('1234567890'));
  assert.throws(() => other.append(Buffer.from('1')), /Too many streams/, 'closing twice gives back once');
  other.close();
});
