// SPDX-License-Identifier: Apache-2.0
// npm run bench -- realtime [--rounds N] [--clamav DIR] [--only opens|loads|beside|idle|overload]: opens and work loads on a file system that nobody watches, that the least
// listener watches, that we watch, that clamonacc watches; in turn, N rounds. Medians over the rounds, and the goals' ratios.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { clamonacc, lazaret, rawListener, unprotected, type Contestant } from './contestants.ts';
import { measureLoads, reportLoads } from './loads.ts';
import { measureSize, open, plant, SIZES, type OpenTimes, type Size, type SizeTimes, type Times } from './opens.ts';
import { median } from '../median.ts';
import { reportOverload } from './overload.ts';
import { openPlace, type BenchPlace } from './place.ts';
import { reportBesideScan, reportIdle } from './quiet.ts';

const ROOT = join(import.meta.dirname, '../..');
const AGAIN_OPENS = 12_000;
/** Where each takes milliseconds. */
const AGAIN_OPENS_SLOW = 600;
const SIZE_NAMES = Object.keys(SIZES) as Size[];

export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: { rounds: { type: 'string', default: '3' }, clamav: { type: 'string' }, only: { type: 'string' } },
  });
  const wants = (part: string): boolean => values.only === undefined || values.only === part;
  const rounds = Number(values.rounds);
  const place = await openPlace();
  try {
    if (wants('opens')) reportOpens(await measureOpens(place, rounds, contestants(values.clamav)));
    if (wants('loads')) reportLoads(await measureLoads(place, rounds));
    if (wants('beside')) await reportBesideScan(place);
    if (wants('idle')) await reportIdle(place);
    if (wants('overload')) await reportOverload(place, rounds);
  } finally {
    await place.close();
  }
}

function contestants(clamav: string | undefined): ReadonlyMap<string, Contestant> {
  const all = new Map<string, Contestant>([
    ['unprotected', unprotected],
    ['raw listener', rawListener],
    ['ours', lazaret],
  ]);
  if (clamav === undefined) console.error('without --clamav DIR (an unpacked clamav-daemon) clamonacc is left out');
  else all.set('clamonacc', clamonacc(clamav));
  return all;
}

interface Measured {
  readonly opens: ReadonlyMap<string, readonly OpenTimes[]>;
  /** The bare engine's time for one file of 4 KiB, one thread. Microseconds. */
  readonly engineUs: number;
}

async function measureOpens(
  place: BenchPlace,
  rounds: number,
  all: ReadonlyMap<string, Contestant>,
): Promise<Measured> {
  const opens = new Map<string, OpenTimes[]>(Array.from(all.keys(), (name) => [name, []]));
  const engine: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    engine.push(engineUs(place, round));
    for (const [name, contestant] of all) {
      const one = await measureContestant(place, contestant, `${name.replace(' ', '-')}-${round}`);
      opens.get(name)?.push(one);
      console.error(
        `round ${round}, ${name}: first ${one.sizes['4 KiB'].first.medianUs} us, again ${one.sizes['4 KiB'].again.medianUs} us`,
      );
    }
  }
  return { opens, engineUs: median(engine) };
}

async function measureContestant(place: BenchPlace, contestant: Contestant, name: string): Promise<OpenTimes> {
  const samples = SIZE_NAMES.map((size) => [size, plant(place, size, `${name}-${SIZES[size]}`)] as const);
  const times = await contestant(place, async () => {
    const sizes = {} as Record<Size, SizeTimes>;
    for (const [size, lists] of samples)
      sizes[size] = await measureSize(
        place,
        size,
        lists,
        name.startsWith('clamonacc') ? AGAIN_OPENS_SLOW : AGAIN_OPENS,
      );
    const small = samples[0]?.[1].anybody ?? '';
    return { sizes, fourAtOnce: await open(place, small, 4, 20) };
  });
  place.mounts.shell(`rm -rf ${place.watched}/${name}-*`);
  return times;
}

function engineUs(place: BenchPlace, round: number): number {
  const { anybody } = plant(place, '4 KiB', `engine-${round}`);
  const script = `TMPDIR=/dev/shm ${join(ROOT, '.build/native/bin/bare-clamav')} ${place.patterns} 1`;
  const inside = readFileSync(anybody, 'utf8');
  writeFileSync(join(place.beside, 'engine-list'), inside);
  const said = place.mounts.shell(
    `${script} <${join(place.beside, 'engine-list')}; rm -rf ${place.watched}/engine-${round}`,
  );
  const { files, elapsedMs } = JSON.parse(said) as { files: number; elapsedMs: number };
  return (elapsedMs * 1_000) / files;
}

function reportOpens({ opens, engineUs: engine }: Measured): void {
  console.log(`open + close in microseconds, median / p99; bare engine, 4 KiB: ${engine.toFixed(0)} us a file\n`);
  console.log('| | first | again | again, only root may write |');
  console.log('|---|---|---|---|');
  for (const size of SIZE_NAMES)
    for (const [name, rounds] of opens) {
      const cells = (['first', 'again', 'againRootOnly'] as const).map((field) =>
        cell(rounds.map(({ sizes }) => sizes[size][field])),
      );
      console.log(`| ${size}, ${name} | ${cells.join(' | ')} |`);
    }
  const us = (name: string, of: (one: OpenTimes) => Times): number =>
    median((opens.get(name) ?? []).map((one) => of(one).medianUs));
  const gain = (name: string): number =>
    median(
      (opens.get(name) ?? []).map(({ fourAtOnce, sizes }) => fourAtOnce.perSecond / sizes['4 KiB'].again.perSecond),
    );
  const small = (field: keyof SizeTimes) => (one: OpenTimes) => one.sizes['4 KiB'][field];
  console.log(
    `\nagain with a mark, over unprotected: ${(us('ours', small('againRootOnly')) - us('unprotected', small('againRootOnly'))).toFixed(2)} us (goal ≤ 1)`,
  );
  console.log(
    `again with the cache, to the raw listener: ${(us('ours', small('again')) / us('raw listener', small('again'))).toFixed(2)} (goal ≤ 1.0)`,
  );
  const allowed = us('raw listener', small('first')) + 1.2 * engine;
  console.log(
    `first: ${us('ours', small('first')).toFixed(0)} us (goal ≤ raw listener + 1.2 × engine = ${allowed.toFixed(0)} us)`,
  );
  console.log(
    `four at once, gain over one: raw listener ${gain('raw listener').toFixed(2)}, ours ${gain('ours').toFixed(2)} (goal ≥ 0.9 × the raw listener's)`,
  );
  if (!opens.has('clamonacc')) return;
  for (const size of SIZE_NAMES) {
    const times = (['first', 'again', 'againRootOnly'] as const).map((field) => {
      const of = (one: OpenTimes): Times => one.sizes[size][field];
      return (us('clamonacc', of) / us('ours', of)).toFixed(1);
    });
    console.log(
      `${size}: times faster than clamonacc first ${times[0]} (goal > 1), again ${times[1]} and ${times[2]} (goal ≥ 10)`,
    );
  }
}

function cell(times: readonly Times[]): string {
  return `${median(times.map(({ medianUs }) => medianUs)).toFixed(1)} / ${median(times.map(({ p99Us }) => p99Us)).toFixed(1)}`;
}
