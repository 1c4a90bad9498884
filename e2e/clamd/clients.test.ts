// SPDX-License-Identifier: Apache-2.0
// Real clients of clamd at its socket and at ours: what they tell their users must be the same.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MARKER_NAMES, MARKER_ONE, MARKER_TWO } from '../support/clamd-forms.ts';
import { CLIENT, clamdscan, startBoth } from '../support/debian-clamd.ts';
import { collect } from '../support/product.ts';
import { PROGRAMS } from '../support/places.ts';

const PYTHON_CLIENT = join(PROGRAMS, 'clamd-python-client.py');

/** Two directories, of which the second has an infected file more in it. */
function growTree(root: string): void {
  const files = {
    clean: 'hello\n',
    empty: '',
    one: `${MARKER_ONE}\n`,
    both: `${MARKER_ONE} ${MARKER_TWO}\n`,
    'a b': `${MARKER_ONE}\n`,
    'dir/clean': 'hello\n',
    'dir/below/one': `${MARKER_ONE}\n`,
    'several/one': `${MARKER_ONE}\n`,
    'several/below/both': `${MARKER_ONE} ${MARKER_TWO}\n`,
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}

const sorted = (text: string): readonly string[] => text.replaceAll('.UNOFFICIAL', '').trimEnd().split('\n').toSorted();

test("Debian's clamdscan says the same of our socket and of its clamd's, however it asks; with --allmatch it names every match", {
  timeout: 300_000,
}, async (t) => {
  const { product, debian } = await startBoth(t);
  const root = product.directory;
  growTree(root);
  const names = ['clean', 'empty', 'one', 'both', 'a b', 'dir', 'several'].map((name) => join(root, name));
  const manners = [
    [],
    ['--fdpass'],
    ['--stream'],
    ['--multiscan'],
    ['--multiscan', '--fdpass'],
    ['--multiscan', '--stream'],
  ];
  for (const manner of [...manners, ['--allmatch']])
    for (const targets of [...names.map((name) => [name]), names, [join(root, 'missing')]]) {
      // clamd's own leaves a directory at its first match (clamd-differences.ts).
      if (manner[0] === '--allmatch' && targets.includes(join(root, 'several'))) continue;
      const [ours, theirs] = await Promise.all(
        [product.clamdSocket, debian].map((socket) => clamdscan(t, socket, '--no-summary', ...manner, ...targets)),
      );
      assert.ok(ours && theirs);
      assert.deepEqual(sorted(ours.stdout), sorted(theirs.stdout), `${manner.join(' ')} ${targets.join(' ')}`);
      assert.equal(ours.code, theirs.code, `${manner.join(' ')} ${targets.join(' ')}`);
      if (targets.length === 1 && targets[0] === join(root, 'one')) assert.match(ours.stdout, /Marker-One FOUND/);
    }
  const all = await clamdscan(t, product.clamdSocket, '--no-summary', '--allmatch', join(root, 'several'));
  assert.deepEqual(sorted(all.stdout), [
    `${root}/several/below/both: ${MARKER_NAMES[0]} FOUND`,
    `${root}/several/below/both: ${MARKER_NAMES[1]} FOUND`,
    `${root}/several/one: ${MARKER_NAMES[0]} FOUND`,
  ]);
});

test("clamdscan's --ping, --reload and --version are answered", { timeout: 120_000 }, async (t) => {
  const { product } = await startBoth(t);
  assert.match((await clamdscan(t, product.clamdSocket, '--ping', '1:1')).stdout, /PONG/);
  assert.equal((await clamdscan(t, product.clamdSocket, '--reload')).code, 0);
  assert.match((await clamdscan(t, product.clamdSocket, '--version')).stdout, /^Lazaret \d/);
});

test('a client as Python has them makes the same of the answers of both', { timeout: 120_000 }, async (t) => {
  const { product, debian } = await startBoth(t);
  growTree(product.directory);
  const files = ['clean', 'empty', 'one', 'both', 'a b', 'dir', 'missing'].map((name) => join(product.directory, name));
  const run = async (socket: string): Promise<string> => {
    const options = { uid: CLIENT, gid: CLIENT, cwd: '/' };
    const ran = await collect(
      spawn('/usr/bin/python3', [PYTHON_CLIENT, socket, ...files], {
        ...options,
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
    assert.equal(ran.code, 0);
    return ran.stdout.replaceAll('.UNOFFICIAL', '');
  };
  const [ours, theirs] = await Promise.all([run(product.clamdSocket), run(debian)]);
  assert.equal(ours, theirs);
  assert.match(ours, /^PONG RELOADING True\n/);
  assert.match(ours, /INSTREAM \('stream', 'Marker-One', 'FOUND'\)/);
});
