// SPDX-License-Identifier: Apache-2.0
// A field of a log line that has the name of one that each line has (`pid` of the process that logs) stands there twice, and readers take either.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const OWN = new Set(['pid', 'hostname', 'level', 'time', 'msg', 'name']);

/** Fields of the object that a log call begins with, by their names; none of nested objects. */
function fieldsOf(source: string): readonly string[] {
  const calls = source.matchAll(/\blog\??\.(?:trace|debug|info|warn|error|fatal)\(\s*\{([^{}]*)\}/g);
  return Array.from(calls, ([, fields = '']) => fields.split(',')).flatMap((all) =>
    all.map((field) => /^\s*(\w+)/.exec(field)?.[1] ?? ''),
  );
}

test('no log line names a field that each line has anyway', () => {
  assert.deepEqual(fieldsOf("log.info({ pid, mode: a }, 'x'); parts.log.warn({\n err: error })"), [
    'pid',
    'mode',
    'err',
  ]);
  const files = globSync('{packages,apps}/*/src/**/*.ts', { cwd: ROOT });
  const found = files.map((file) => ({ file, fields: fieldsOf(readFileSync(join(ROOT, file), 'utf8')) }));
  assert.ok(found.flatMap(({ fields }) => fields).length > 20, 'log calls were found');
  const twice = found.filter(({ fields }) => fields.some((field) => OWN.has(field))).map(({ file }) => file);
  assert.deepEqual(twice, []);
});
