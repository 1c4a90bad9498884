// SPDX-License-Identifier: Apache-2.0
// Code that may run as root works in folders of its own: no source file of the product names a place that every user can write to.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const SHARED =
  /tmpdir\s*\(|\b(?:tmpfile|tmpnam|tempnam|mkstemp|mkdtemp)\s*\(|P_tmpdir|["'`]\/(?:var\/)?tmp\b|["'`]\/dev\/shm\b/;
const PRODUCT = ['apps', 'packages', 'native', 'tools'];
const OTHERS =
  /(?:^|\/)(?:node_modules|dist|testkit|openers|racer|bench|fuzz)\/|\.test\.ts$|(?:^|\/)test-[a-z-]+\.ts$|^tools\/rules\//;

/** Files that may name such a place, and why nothing of ours lies there. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ['packages/host/src/linux/places/quick-places.ts', 'what a quick scan looks at'],
  ['packages/host/src/linux/processes/vm-facts.ts', 'what a policy’s variable means'],
  ['native/scanner/src/sandbox/sandbox.cpp', 'a place to mount a private root on'],
]);

function sharedPlaces(text: string): string[] {
  return text.split('\n').filter((line) => SHARED.test(line) && !/^\s*(?:\/\/|\*)/.test(line));
}

function productFiles(): string[] {
  return PRODUCT.flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' }).map((path) => join(room, path)),
  ).filter((path) => /\.(?:ts|tsx|cpp|h|sh)$/.test(path) && !OTHERS.test(path));
}

test('no source file of the product works in a place that every user can write to', () => {
  const files = productFiles();
  assert.ok(files.length > 500, `${files.length} files`);
  const found = files.filter((path) => sharedPlaces(readFileSync(join(ROOT, path), 'utf8')).length > 0);
  assert.deepEqual(found.toSorted(), [...NAMED.keys()].toSorted());
});

test('the rule sees each way to name such a place', () => {
  for (const line of [
    "const place = mkdtempSync(join(tmpdir(), 'x-'));",
    'char name[] = "/tmp/lazaret-XXXXXX";',
    "open('/var/tmp/x');",
    'const place = `/tmp/${name}`;',
    'FILE* file = tmpfile();',
    "writeFileSync('/dev/shm/x', '');",
  ])
    assert.equal(sharedPlaces(line).length, 1, line);
  for (const line of ['// as in /tmp', 'TMPDIR', "join(run, 'tmp')"]) assert.deepEqual(sharedPlaces(line), []);
});
