// SPDX-License-Identifier: Apache-2.0
// npm run bench -- scan [--rounds N] [--files N] [--megabytes N]: ours, the bare engine on two threads, clamscan, and
// clamdscan --fdpass --multiscan with a cold clamd, over the same tree with the same patterns, in turn, N rounds. Medians and
// ratios of medians.
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { makeWorkplace, type Workplace } from './workplace.ts';
import { runBare, runClamdscan, runClamscan, runOurs, type Measured } from './contestants.ts';

const CONTESTANTS = { ours: runOurs, bare: runBare, clamscan: runClamscan, clamdscan: runClamdscan } as const;
type Name = keyof typeof CONTESTANTS;
const NAMES = Object.keys(CONTESTANTS) as Name[];

export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rounds: { type: 'string', default: '3' },
      files: { type: 'string', default: '5000' },
      megabytes: { type: 'string', default: '400' },
    },
  });
  const place = await makeWorkplace({ files: Number(values.files), bytes: Number(values.megabytes) * 2 ** 20 });
  try {
    report(place, await measure(place, Number(values.rounds)));
  } finally {
    rmSync(place.directory, { recursive: true, force: true });
  }
}

async function measure(place: Workplace, rounds: number): Promise<Record<Name, Measured[]>> {
  const measured: Record<Name, Measured[]> = { ours: [], bare: [], clamscan: [], clamdscan: [] };
  for (let round = 0; round < rounds; round++) {
    for (const name of NAMES) {
      const one = await CONTESTANTS[name](place);
      measured[name].push(one);
      console.error(
        `round ${round + 1}, ${name}: ${(one.scanMs / 1000).toFixed(2)} s scanning, ${(one.wallMs / 1000).toFixed(2)} s in all`,
      );
    }
  }
  return measured;
}

function report(place: Workplace, measured: Record<Name, Measured[]>): void {
  const mebibytes = place.bytes / 2 ** 20;
  console.log(`${place.files.length} files, ${mebibytes.toFixed(0)} MiB of /usr, ${place.signatures} signatures\n`);
  console.log('| | scanning (s) | with start (s) | files/s | MiB/s | memory (MiB, PSS of all processes) |');
  console.log('|---|---|---|---|---|---|');
  for (const name of NAMES) {
    const scan = median(measured[name], 'scanMs');
    const row = [
      scan / 1000,
      median(measured[name], 'wallMs') / 1000,
      (place.files.length / scan) * 1000,
      (mebibytes / scan) * 1000,
      median(measured[name], 'memoryBytes') / 2 ** 20,
    ];
    console.log(`| ${name} | ${row.map((value) => value.toFixed(value < 100 ? 2 : 0)).join(' | ')} |`);
  }
  const ratio = (other: Name, field: 'scanMs' | 'wallMs'): string =>
    (median(measured[other], field) / median(measured.ours, field)).toFixed(2);
  console.log(`\nours / bare engine, throughput while scanning: ${ratio('bare', 'scanMs')} (goal ≥ 0.95)`);
  console.log(
    `ours / clamscan, whole commands: ${ratio('clamscan', 'wallMs')} (goal ≥ 1.3); while scanning ${ratio('clamscan', 'scanMs')}`,
  );
  console.log(`ours / clamdscan (clamd cold, loaded before): ${ratio('clamdscan', 'scanMs')}`);
  const extra = (median(measured.ours, 'memoryBytes') - median(measured.clamdscan, 'memoryBytes')) / 2 ** 20;
  console.log(`memory: ours − clamd = ${extra.toFixed(0)} MiB (goal ≤ 90)`);
}

function median(measured: readonly Measured[], field: keyof Measured): number {
  const values = measured.map((one) => one[field]).toSorted((left, right) => left - right);
  const middle = Math.floor(values.length / 2);
  return values.length % 2 === 1 ? (values[middle] ?? 0) : ((values[middle - 1] ?? 0) + (values[middle] ?? 0)) / 2;
}
