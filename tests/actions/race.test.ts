// SPDX-License-Identifier: Apache-2.0
// An unprivileged user swaps file, folder, symbolic link and hard link – and a root helper mounts – while an action is at work.
// 500 rounds each; 10,000 with LAZARET_FULL=1. The control does the same without our precautions and must lose a foreign file.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fullSize, PrivateMounts, testSeed } from '@lazaret/testkit';
import type { RaceResult } from './race-result.ts';

const ROUNDS = fullSize ? 10_000 : 500;
const PROGRAM = fileURLToPath(new URL('./race-rounds.ts', import.meta.url));
const RACER = fileURLToPath(new URL('../../.build/native/bin/lazaret-racer', import.meta.url));

let mounts: PrivateMounts;
before(async () => {
  // The racer runs as nobody: what it executes is copied to where nobody may read.
  mounts = await PrivateMounts.open(`cp ${RACER} racer; chmod 755 racer`);
});
after(async () => {
  await mounts.close();
});

function race(kind: string, action: string, rounds: number): RaceResult {
  const name = `${kind}-${action}`;
  const argv = [
    mounts.inside(name, 'tree'),
    mounts.inside(name, 'state'),
    kind,
    action,
    String(rounds),
    mounts.inside('racer'),
    String(testSeed),
  ];
  const child = mounts.run(process.execPath, PROGRAM, ...argv);
  assert.equal(child.status, 0, child.stderr);
  return JSON.parse(child.stdout) as RaceResult;
}

for (const kind of ['file', 'symlink', 'hardlink', 'directory', 'mount', 'occupy']) {
  for (const action of ['delete', 'quarantine']) {
    test(`AC-9b: ${action} under swaps of kind ${kind} touches no foreign file`, (context) => {
      const result = race(kind, action, ROUNDS);
      context.diagnostic(`seed ${testSeed}: ${JSON.stringify(result)}`);
      assert.equal(result.acted, ROUNDS);
      assert.equal(result.foreignTouched, 0);
      assert.ok(result.swaps > 0, 'the racer swapped');
      assert.deepEqual([result.leftovers, result.journal], [[], []]);
    });
  }
}

for (const kind of ['symlink', 'directory', 'mount', 'occupy']) {
  test(`AC-8c, AC-9b: restore under swaps of kind ${kind} replaces no foreign file`, (context) => {
    const result = race(kind, 'restore', ROUNDS);
    context.diagnostic(`seed ${testSeed}: ${JSON.stringify(result)}`);
    assert.equal(result.acted, ROUNDS);
    assert.equal(result.foreignTouched, 0);
    assert.ok((result.outcomes['done'] ?? 0) > 0, 'some succeeded');
    assert.deepEqual([result.leftovers, result.journal], [[], []]);
  });
}

test('AC-9b: the control: deletion by path loses a foreign file in the same race', (context) => {
  for (const kind of ['file', 'hardlink', 'directory']) {
    const result = race(kind, 'naive', 100_000);
    context.diagnostic(`${kind}: ${result.acted} rounds until a foreign file was lost`);
    assert.ok(result.foreignTouched > 0, `${kind}: the race is no race`);
  }
});
