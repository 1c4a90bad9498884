// SPDX-License-Identifier: Apache-2.0
// What real-time costs while nothing happens, and what an open waits while a scan runs beside it.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { cpuSecondsOf, family, memoryMiBOf, nameOf, residentMiBOf } from '../processes.ts';
import { lazaret, lazaretCommand } from './contestants.ts';
import { open, plant } from './opens.ts';
import type { BenchPlace } from './place.ts';

/** V8 compiles for a while. */
const SETTLED_S = 90;
const IDLE_S = 90;
const NAMES = new Set(['lazaret-supervi', 'lazaret-gate', 'lazaret-keeper', 'lazaret-agent']);

export async function reportIdle(place: BenchPlace): Promise<void> {
  await lazaret(place, async (pid) => {
    await delay(SETTLED_S * 1_000);
    const processes = family(pid).filter((one) => NAMES.has(nameOf(one)));
    const before = processes.map((one) => cpuSecondsOf(one, false));
    await delay(IDLE_S * 1_000);
    console.log(
      `\nidle for ${IDLE_S} s, ${SETTLED_S} s after its start (goal: gate and agent ≤ 110 MB, < 0.2 % of a core)`,
    );
    for (const [index, one] of processes.entries()) {
      const percent = (100 * (cpuSecondsOf(one, false) - (before[index] ?? 0))) / IDLE_S;
      const memory = `${residentMiBOf(one).toFixed(1)} MiB resident, ${memoryMiBOf(one).toFixed(1)} of its own and its share`;
      console.log(`${nameOf(one)}: ${percent.toFixed(3)} %, ${memory}`);
    }
  });
}

const BUSY_TREE = '/usr/lib';

/** First opens of 4 KiB, one by one, without and with a manual scan of the same agent. */
export async function reportBesideScan(place: BenchPlace): Promise<void> {
  const [quiet, busy] = ['quiet', 'busy'].map((name) => plant(place, '4 KiB', `beside-${name}`).anybody) as [
    string,
    string,
  ];
  await lazaret(place, async () => {
    const alone = await open(place, quiet, 1, 1);
    const scan = place.mounts.start(...lazaretCommand(place), 'scan', BUSY_TREE);
    const ended = once(scan, 'exit');
    scan.stdout?.resume();
    await delay(3_000);
    const beside = await open(place, busy, 1, 1);
    if (scan.exitCode !== null) throw new Error(`the scan of ${BUSY_TREE} ended too soon`);
    scan.kill('SIGTERM');
    await ended;
    const text = ({ medianUs, p99Us }: typeof alone): string => `${medianUs.toFixed(0)} / ${p99Us.toFixed(0)} us`;
    console.log(`\nfirst open of 4 KiB, median / p99: alone ${text(alone)}, beside a scan ${text(beside)}`);
  });
  place.mounts.shell(`rm -rf ${join(place.watched, 'beside-*')}`);
}
