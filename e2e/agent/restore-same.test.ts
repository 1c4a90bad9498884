// SPDX-License-Identifier: Apache-2.0
// What a person and a program are told of a restore, with the product as they have it: the same file, or each difference by its name.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RestoreDifference } from '@lazaret/contract';
import { makeMarker } from '@lazaret/testkit';
import { makeProduct, type Product } from '../support/product.ts';

interface Held {
  readonly id: string;
  readonly path: string;
}

interface Restored {
  readonly path: string;
  readonly differences: readonly RestoreDifference[];
  readonly linked: boolean;
}

async function held(product: Product): Promise<{ readonly entries: readonly Held[]; readonly bytes: number }> {
  const { stdout } = await product.lazaret('quarantine', 'list', '--json');
  const list = JSON.parse(stdout) as { entries: readonly Held[]; usage: { bytes: number } };
  return { entries: list.entries, bytes: list.usage.bytes };
}

test('AC-8b, AC-8e: a sparse file, one of the year 2400 and two names of one file come back as they were, and cost their data', async (t) => {
  const product = makeProduct(t);
  const marker = makeMarker('Restore.Same');
  const place = (name: string): string => join(product.directory, name);
  const sparse = fs.openSync(place('sparse'), 'w');
  fs.ftruncateSync(sparse, 60 * 1024 * 1024);
  fs.writeSync(sparse, Buffer.from(marker.text), 0, marker.text.length, 31_457_280);
  fs.closeSync(sparse);
  fs.writeFileSync(place('future'), marker.text);
  execFileSync('touch', ['-d', '2400-01-01 00:00:00.123456789', place('future')]);
  fs.writeFileSync(place('one'), marker.text);
  fs.linkSync(place('one'), place('two'));
  const names = ['sparse', 'future', 'one', 'two'];
  const look = (): readonly unknown[] =>
    names.map((name) => execFileSync('stat', ['-c', '%n %s %b %y %x %h %U %a', place(name)], { encoding: 'utf8' }));
  const before = look();
  await product.scan('--patterns', product.patterns(marker), '--action', 'quarantine', product.directory);
  const { entries, bytes } = await held(product);
  assert.equal(entries.length, names.length);
  assert.ok(bytes < 100_000, `${bytes} bytes in the vault`);
  const { code, stdout } = await product.lazaret('quarantine', 'restore', '--all', '--json');
  assert.equal(code, 0);
  const restored = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Restored);
  assert.deepEqual(
    restored.map(({ differences }) => differences),
    [[], [], [], []],
  );
  assert.deepEqual(restored.filter(({ linked }) => linked).length, 1);
  assert.deepEqual(look(), before);
});

test('AC-8b: what is not as before is told in words and by code, and the exit code says that the file is back', async (t) => {
  const product = makeProduct(t);
  const marker = makeMarker('Restore.But');
  const path = join(product.directory, 'one');
  const patterns = product.patterns(marker);
  for (const json of [false, true]) {
    fs.rmSync(path, { force: true });
    fs.writeFileSync(path, marker.text);
    fs.linkSync(path, join(product.directory, `outside-${json}`));
    await product.scan('--patterns', patterns, '--action', 'quarantine', path);
    // The other name is another file by now.
    fs.writeFileSync(join(product.directory, `outside-${json}`), 'changed');
    const { entries } = await held(product);
    const argv = ['quarantine', 'restore', entries[0]?.id ?? '', ...(json ? ['--json'] : [])];
    const { code, stdout } = await product.lazaret(...argv);
    assert.equal(code, 0);
    if (json) assert.deepEqual((JSON.parse(stdout) as Restored).differences, [{ what: 'hard-links', detail: '' }]);
    else {
      assert.match(stdout, /one: restored, with these differences:\n/);
      assert.match(
        stdout,
        /\n {2}the original was one of several hard links to a file; the restored file is a separate file\n/,
      );
    }
  }
});
