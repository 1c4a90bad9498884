// SPDX-License-Identifier: Apache-2.0
// npm run bench -- walk [--rounds N] [--root DIR]: our tree walk against `find -printf '%s'`, in turn. Medians.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { TreeWalk } from '@lazaret/safefs';
import { median } from '../median.ts';

export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: { rounds: { type: 'string', default: '7' }, root: { type: 'string', default: '/usr' } },
  });
  const ours: number[] = [];
  const find: number[] = [];
  let entries = 0;
  for (let round = 0; round < Number(values.rounds); round++) {
    entries = await timed(ours, () => countEntries(values.root));
    await timed(
      find,
      async () => spawnSync('find', [values.root, '-printf', '%s'], { maxBuffer: 1 << 30 }).status ?? 0,
    );
  }
  const [our, their] = [median(ours), median(find)];
  console.log(
    `${entries} entries below ${values.root}: ours ${our.toFixed(0)} ms, find ${their.toFixed(0)} ms, ratio ${(our / their).toFixed(2)}`,
  );
}

async function countEntries(root: string): Promise<number> {
  const walk = new TreeWalk({ root: Buffer.from(root) });
  let count = 0;
  for (let batch = await walk.next(); batch !== null; batch = await walk.next()) count += batch.length;
  return count;
}

async function timed(times: number[], work: () => Promise<number>): Promise<number> {
  const startedAt = performance.now();
  const result = await work();
  times.push(performance.now() - startedAt);
  return result;
}
