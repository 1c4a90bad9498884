// SPDX-License-Identifier: Apache-2.0
// The processor budget of a scan, by the kernel's own account of all its processes (SC-9).
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { collect, makeProduct, toScanned } from '../support/product.ts';

/** By how much a start may cost more than the one that was measured. */
const START_SLACK = 1.5;
const FILES = 600;

/** Milliseconds on a processor of a process and all below it; a process that ended keeps its last figure. */
function familyMeter(root: number): { look(): void; totalMs(): number } {
  const seen = new Map<number, number>();
  const look = (pid: number): void => {
    try {
      seen.set(pid, Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6);
      for (const task of readdirSync(`/proc/${pid}/task`)) {
        const children = readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1');
        for (const child of children.split(' ').filter((word) => word !== '')) look(Number(child));
      }
    } catch {
      // ended meanwhile
    }
  };
  return { look: () => look(root), totalMs: () => [...seen.values()].reduce((sum, ms) => sum + ms, 0) };
}

test('SC-9b: low uses no more than 20 % and medium no more than 50 % of all cores', { timeout: 300_000 }, async (t) => {
  const product = makeProduct(t);
  for (let index = 0; index < FILES; index++) {
    writeFileSync(join(product.directory, `f${index}.txt`), `file ${index}, a line of plain words\n`.repeat(12_000));
  }
  const measured = async (...argv: string[]) => {
    const scan = product.start('scan', '--json', ...argv);
    const meter = familyMeter(scan.pid ?? 0);
    const timer = setInterval(() => meter.look(), 50);
    const { summary } = toScanned(await collect(scan));
    clearInterval(timer);
    return { summary, totalMs: meter.totalMs() };
  };
  // Start-up, just-in-time compilation and the loading of patterns are no part of the run that is paced. They cost what this machine makes them cost.
  const starts = [await measured(join(product.directory, 'f0.txt')), await measured(join(product.directory, 'f1.txt'))];
  assert.ok(Math.min(...starts.map(({ totalMs }) => totalMs)) < 10_000, 'a start is a start');
  const startMs = Math.max(...starts.map(({ totalMs }) => totalMs)) * START_SLACK;
  for (const [load, share] of [
    ['low', 0.2],
    ['medium', 0.5],
  ] as const) {
    const { summary, totalMs } = await measured('--load', load, product.directory);
    const allowedMs = summary.elapsedMs * availableParallelism() * share;
    console.log(
      `${load}: ${totalMs.toFixed(0)} ms of processor in ${summary.elapsedMs} ms, ${allowedMs.toFixed(0)} ms allowed beside ${startMs.toFixed(0)} ms for the start`,
    );
    assert.ok(totalMs <= allowedMs * 1.15 + startMs);
    assert.equal(summary.files, FILES);
  }
});
