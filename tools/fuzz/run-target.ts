// SPDX-License-Identifier: Apache-2.0
// One target: libFuzzer for its time, then its slowest inputs without sanitizers, then how much of its parser was reached.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { coverageOf, type Coverage } from './coverage.ts';
import { type Corpus, writeSeeds } from './corpus.ts';
import type { FuzzTarget } from './targets.ts';

export const INPUT_BYTES_MAX = 65_536;
/** Of the product, for 64 KiB; a smaller input has no less: below, fixed costs count. */
export const CPU_MICROSECONDS_MAX = 50_000;
/** One input in the sanitized program: a hang, whatever else the machine does. */
const HANG_SECONDS = 10;
const MEMORY_MB = 2_048;
/** Of the engine's own, which is not ours to mend. */
const LEAKS = join(import.meta.dirname, '../../native/fuzz/leaks.txt');

export interface FuzzRun {
  readonly target: FuzzTarget;
  readonly executions: number;
  readonly perSecond: number;
  readonly coverage: Coverage;
  readonly slowest: { readonly cpuMicroseconds: number; readonly bytes: number; readonly path: string } | null;
  /** What went wrong, each in a few lines; an input that shows it is kept. */
  readonly faults: readonly string[];
}

export interface FuzzPlaces {
  readonly programs: string;
  readonly work: string;
  /** Inputs that showed a fault stay here. */
  readonly findings: string;
}

export async function runTarget(
  target: FuzzTarget,
  { places, corpus, seconds, seed }: { places: FuzzPlaces; corpus: Corpus; seconds: number; seed: number },
): Promise<FuzzRun> {
  const place = join(places.work, target.name);
  rmSync(place, { recursive: true, force: true });
  for (const name of ['grown', 'slowest', 'found', 'engine/patterns'])
    mkdirSync(join(place, name), { recursive: true });
  writeSeeds(join(place, 'seeds'), corpus.seedsOf(target.name), INPUT_BYTES_MAX);
  writeSeeds(join(place, 'large'), corpus.largeOf(target.name), INPUT_BYTES_MAX);
  const environment = environmentOf(target, place, corpus);
  const program = join(places.programs, target.room);
  const fuzzed = await run(program, libFuzzerArguments(place, seconds, seed), environment);
  const faults = [...faultOf(fuzzed, target, place, places.findings, seed)];
  const slowest = await replay(`${program}-plain`, place, environment);
  if (slowest !== null && !target.engine && slowest.cpuMicroseconds > CPU_MICROSECONDS_MAX)
    faults.push(keepSlow(slowest, target, places.findings, seed));
  const executions = Number(/stat::number_of_executed_units:\s+(\d+)/.exec(fuzzed.output)?.[1] ?? 0);
  if (executions === 0 && faults.length === 0)
    faults.push(`${target.name}: nothing was executed\n${fuzzed.output.slice(-2_000)}`);
  const perSecond = Number(/stat::average_exec_per_sec:\s+(\d+)/.exec(fuzzed.output)?.[1] ?? 0);
  return { target, executions, perSecond, coverage: await coverageOf(program, place, target.sources), slowest, faults };
}

function libFuzzerArguments(place: string, seconds: number, seed: number): string[] {
  return [
    `-max_total_time=${Math.max(1, Math.round(seconds))}`,
    `-seed=${seed}`,
    `-max_len=${INPUT_BYTES_MAX}`,
    `-timeout=${HANG_SECONDS}`,
    `-rss_limit_mb=${MEMORY_MB}`,
    '-print_final_stats=1',
    '-close_fd_mask=1',
    `-artifact_prefix=${join(place, 'found')}/`,
    join(place, 'grown'),
    join(place, 'seeds'),
  ];
}

function environmentOf(target: FuzzTarget, place: string, corpus: Corpus): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    LAZARET_FUZZ_TARGET: target.name,
    LAZARET_FUZZ_RULES: corpus.rulesPath,
    LAZARET_FUZZ_PLACE: join(place, 'engine'),
    LAZARET_FUZZ_SLOWEST: join(place, 'slowest'),
    LLVM_PROFILE_FILE: join(place, 'profile.raw'),
    ASAN_OPTIONS: 'allocator_may_return_null=1:handle_sigbus=0',
    LSAN_OPTIONS: `suppressions=${LEAKS}:print_suppressions=0`,
    UBSAN_OPTIONS: 'print_stacktrace=1',
  };
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function run(program: string, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-400_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: 127, output: String(error) }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

function faultOf(ended: Ended, target: FuzzTarget, place: string, findings: string, seed: number): string[] {
  if (ended.code === 0) return [];
  const kept = readdirSync(join(place, 'found')).map((name) => {
    const path = join(findings, `${target.name}-${name}`);
    cpSync(join(place, 'found', name), path);
    return path;
  });
  const report = ended.output.split('\n').filter((line) => /ERROR|SUMMARY|runtime error|^\s+#\d /.test(line));
  const lines = (report.length > 0 ? report : ended.output.split('\n').slice(-20)).slice(0, 30).join('\n');
  return [`${target.name}: ended with ${ended.code}, seed ${seed}, input ${kept.join(' ') || '(none)'}\n${lines}`];
}

async function replay(program: string, place: string, environment: NodeJS.ProcessEnv): Promise<FuzzRun['slowest']> {
  const paths = ['slowest', 'large'].flatMap((folder) =>
    readdirSync(join(place, folder)).map((name) => join(place, folder, name)),
  );
  if (paths.length === 0) return null;
  const { code, output } = await run(program, paths, environment);
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${output.slice(-2_000)}`);
  const costs = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line, index) => {
      const { bytes, cpuMicroseconds } = JSON.parse(line) as { bytes: number; cpuMicroseconds: number };
      return { bytes, cpuMicroseconds, path: paths[index] ?? '' };
    });
  return costs.toSorted((left, right) => right.cpuMicroseconds - left.cpuMicroseconds)[0] ?? null;
}

function keepSlow(
  slowest: NonNullable<FuzzRun['slowest']>,
  target: FuzzTarget,
  findings: string,
  seed: number,
): string {
  const path = join(findings, `${target.name}-slow`);
  cpSync(slowest.path, path);
  const took = (slowest.cpuMicroseconds / 1_000).toFixed(1);
  return `${target.name}: ${took} ms of processor time for ${slowest.bytes} bytes, best of three, seed ${seed}, input ${path} (${readFileSync(path).length} bytes)`;
}
