// SPDX-License-Identifier: Apache-2.0
// Work loads of every day on the watched file system, without us, with us for the first time, and again.
import { join } from 'node:path';
import { lazaretWith, unprotected } from './contestants.ts';
import { median } from '../median.ts';
import type { BenchPlace } from './place.ts';

const ROOT = join(import.meta.dirname, '../..');
const POSTGRES = '/usr/lib/postgresql/15/bin';

interface Load {
  readonly name: string;
  /** Bash, in a directory of its own on the watched file system, before anybody watches. */
  readonly prepare: string;
  /** Bash: what is timed; leaves the place so that it can run again. */
  readonly work: string;
  /** Bash after each run, not timed. */
  readonly tidy: string;
  /** Of real-time, beside the defaults. */
  readonly exceptions?: readonly object[];
}

const COPY_PACKAGE = `cd ${ROOT}; cp --parents package.json package-lock.json packages/*/package.json apps/*/package.json native/*/package.json "$HERE"; cd "$HERE"`;
const NPM = 'npm ci --offline --ignore-scripts --no-audit --no-fund --silent --cache "$BESIDE/npm"';

const PGBENCH = {
  prepare: `chown postgres .; ${asPostgres(`${POSTGRES}/initdb -D data >/dev/null 2>&1`)}; ${asPostgres(start())}; ${asPostgres(`${POSTGRES}/pgbench -h "$PWD" -i -s 5 -q postgres 2>/dev/null`)}; ${asPostgres(stop())}`,
  work: `${asPostgres(start())}; ${asPostgres(`${POSTGRES}/pgbench -h "$PWD" -c 2 -t 2000 -n postgres >/dev/null 2>&1`)}; ${asPostgres(stop())}`,
  tidy: 'true',
};

const LOADS: readonly Load[] = [
  {
    name: 'npm ci (offline) of this project',
    prepare: `${COPY_PACKAGE}; npm ci --ignore-scripts --no-audit --no-fund --silent --cache "$BESIDE/npm"; rm -rf node_modules`,
    work: NPM,
    tidy: 'rm -rf node_modules apps/*/node_modules packages/*/node_modules',
  },
  {
    name: 'tar x of /usr/include',
    prepare: 'tar cf "$BESIDE/include.tar" -C /usr include',
    work: 'tar xf "$BESIDE/include.tar"',
    tidy: 'rm -rf include',
  },
  {
    name: 'compiling 300 C files',
    prepare: String.raw`for n in $(seq 300); do printf '#include <stdio.h>\n#include "own%d.h"\nint f%d(int x){ return printf("%%d", x + %d); }\n' $((n % 20)) $n $n >f$n.c; done; for n in $(seq 0 19); do echo "int g$n(int);" >own$n.h; done`,
    work: 'ls *.c | xargs -P 2 -n 5 cc -c',
    tidy: 'rm -f *.o',
  },
  {
    name: 'git status on 50,000 files',
    prepare:
      'git init -q .; git config gc.auto 0; git config maintenance.auto false; for d in $(seq 100); do mkdir d$d; for n in $(seq 500); do echo $d $n >d$d/$n; done; done; git add .; git -c user.name=b -c user.email=b@example.org commit -qm all',
    work: 'git status --short',
    tidy: 'true',
  },
  { name: 'pgbench, 4,000 transactions by 2 clients', ...PGBENCH },
  {
    name: 'pgbench, with an exception for the program postgres',
    ...PGBENCH,
    exceptions: [{ match: { process: `${POSTGRES}/postgres` } }],
  },
];

function asPostgres(command: string): string {
  return `setpriv --reuid postgres --regid postgres --init-groups bash -c '${command}'`;
}

function start(): string {
  return `${POSTGRES}/pg_ctl -D data -o "-h \\"\\" -k $PWD" -l log -w start >/dev/null`;
}

function stop(): string {
  return `${POSTGRES}/pg_ctl -D data -w stop >/dev/null`;
}

export interface LoadTimes {
  readonly name: string;
  readonly withoutMs: readonly number[];
  readonly firstMs: readonly number[];
  readonly againMs: readonly number[];
}

export async function measureLoads(place: BenchPlace, rounds: number): Promise<readonly LoadTimes[]> {
  const measured: LoadTimes[] = [];
  for (const [index, load] of LOADS.entries()) {
    const here = join(place.watched, `load-${index}`);
    const shell = (script: string): string =>
      place.mounts.shell(`export BESIDE=${place.beside} HERE=${here}; mkdir -p "$HERE"; cd "$HERE"; ${script}`);
    shell(load.prepare);
    shell(`${load.work}; ${load.tidy}`); // the page cache is warm for all
    const times = { name: load.name, withoutMs: [] as number[], firstMs: [] as number[], againMs: [] as number[] };
    const timed = (into: number[]): void => {
      const startedAt = performance.now();
      shell(load.work);
      into.push(performance.now() - startedAt);
      shell(load.tidy);
    };
    for (let round = 1; round <= rounds; round++) {
      await unprotected(place, async () => timed(times.withoutMs));
      const ours = lazaretWith({ realtime: { exceptions: load.exceptions ?? [] } });
      await ours(place, async () => {
        timed(times.firstMs);
        timed(times.againMs);
      });
      console.error(
        `round ${round}, ${load.name}: ${[times.withoutMs, times.firstMs, times.againMs].map((all) => all.at(-1)?.toFixed(0)).join(' / ')} ms`,
      );
    }
    shell(`cd /; rm -rf ${here}`);
    measured.push(times);
  }
  return measured;
}

export function reportLoads(measured: readonly LoadTimes[]): void {
  console.log('\n| | without (s) | first (s) | again (s) | overhead first | again |');
  console.log('|---|---|---|---|---|---|');
  for (const { name, withoutMs, firstMs, againMs } of measured) {
    const [without, first, again] = [withoutMs, firstMs, againMs].map(median) as [number, number, number];
    const percent = (ms: number): string => `${(100 * (ms / without - 1)).toFixed(1)} %`;
    const seconds = [without, first, again].map((ms) => (ms / 1_000).toFixed(2));
    console.log(`| ${name} | ${seconds.join(' | ')} | ${percent(first)} | ${percent(again)} |`);
  }
  console.log('goals: first ≤ 10 %, again ≤ 3 %');
}
