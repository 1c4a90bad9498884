// SPDX-License-Identifier: Apache-2.0
// The fair queue of the scan process as a pure structure: a small program holds the real one, random owners push, are served and charged.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { seededRandom, testSeed } from '@lazaret/testkit';

const PROGRAM = join(import.meta.dirname, '../../../.build/native/bin/fair-queue-vectors');

console.log(`seed: ${testSeed} (LAZARET_SEED=${testSeed} repeats it)`);
const random = seededRandom(testSeed);
const below = (end: number): number => Math.floor(random() * end);
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

function drive(lines: readonly string[]): readonly string[] {
  const { status, stdout, stderr } = spawnSync(PROGRAM, { input: `${lines.join('\n')}\n`, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trimEnd().split('\n');
}

test('every item comes out once, and those of one owner in the order in which they came', () => {
  const pushed = new Map<number, string[]>();
  const lines: string[] = [];
  for (const item of numbers(2_000)) {
    const owner = below(10);
    pushed.set(owner, [...(pushed.get(owner) ?? []), `${owner} ${item}`]);
    lines.push(`push ${owner} ${item}`);
    if (below(3) === 0) lines.push('take', `charge ${below(10)} ${1 + below(5_000)}`);
  }
  const taken = drive([...lines, ...numbers(2_001).map(() => 'take')]).filter((answer) => answer.includes(' '));
  for (const [owner, items] of pushed) {
    assert.deepEqual(
      taken.filter((answer) => answer.startsWith(`${owner} `)),
      items,
    );
  }
  assert.equal(taken.length, 2_000);
});

test('owners that always wait get the same time, whatever one of their items costs', () => {
  for (let round = 0; round < 50; round++) {
    const costs = numbers(2 + below(8)).map(() => 1 + below(2_000));
    // So many that nobody runs out: the dearest item is the step in which time is given.
    const takes = 500;
    const pushes = costs.flatMap((_cost, owner) => numbers(takes).map((item) => `push ${owner} ${item}`));
    const served = (drive([...pushes, `serve ${takes} ${costs.join(' ')}`]).at(-1) ?? '').split(' ').map(Number);
    const apart = Math.max(...served) - Math.min(...served);
    assert.ok(apart <= 2 * Math.max(...costs), `costs ${costs.join(', ')}: time of each ${served.join(', ')}`);
  }
});

test('who comes new is served before one that has used much, and one that goes away and comes back is not new', () => {
  const first = 'push 1 10;take;charge 1 1000;push 2 20;take;charge 2 1';
  const answers = drive(`${first};push 1 11;push 2 21;push 3 30;take;take;take`.split(';'));
  assert.deepEqual(answers.slice(-3).toSorted(), ['1 11', '2 21', '3 30']);
  assert.equal(answers.at(-1), '1 11', 'who used 1,000 comes last');
});

test('who may not be served is passed over and keeps its place; what is put back is its first again', () => {
  const answers = drive(['push 1 10', 'push 1 11', 'push 2 20', 'take 2', 'take 2', 'take 1', 'back 1 10', 'take 1']);
  assert.deepEqual(
    answers.filter((answer) => answer !== 'ok'),
    ['2 20', '-', '1 10', '1 10'],
  );
});

test('what is dropped is gone, and a thousand times more owners than are remembered change no turn', () => {
  const crowd = numbers(20_000).flatMap((owner) => [`push ${owner + 100} 1`, 'take', `charge ${owner + 100} 1`]);
  const answers = drive([...crowd, 'push 1 10', 'push 1 11', 'drop 10', 'size', 'size 1', 'take', 'take']);
  assert.deepEqual(answers.slice(-5), ['1', '1', '1', '1 11', '-']);
});
