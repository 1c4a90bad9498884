// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { formatLine, JsonLines } from './json-lines.ts';

test('lines of JSON are the same objects however their bytes are cut', () => {
  const objects = [{ return: {}, id: 1 }, { event: 'RESET' }, { return: { 'out-data': 'Grüße\n'.repeat(50) }, id: 2 }];
  const bytes = Buffer.from(objects.map(formatLine).join(''));
  for (let size = 1; size <= bytes.length; size++) {
    const lines = new JsonLines();
    const found = [];
    for (let at = 0; at < bytes.length; at += size) found.push(...lines.feed(bytes.subarray(at, at + size)));
    assert.deepEqual(found, objects, `${size} bytes at once`);
  }
});

test('what came of a line without its end is not believed yet', () => {
  const lines = new JsonLines();
  assert.deepEqual(lines.feed(Buffer.from('{"return": {}}')), []);
  assert.deepEqual(lines.feed(Buffer.from('\r\n\n')), [{ return: {} }]);
});

test('a line that is no JSON object is refused, and so is one without end', () => {
  for (const line of ['[]', '1', 'null', 'QEMU']) assert.throws(() => new JsonLines().feed(Buffer.from(`${line}\n`)));
  const lines = new JsonLines();
  const chunk = Buffer.alloc(16 * 1024 * 1024, 'x');
  assert.throws(() => {
    for (let fed = 0; fed < 4; fed++) lines.feed(chunk);
  }, /a line of more than/);
});
