// SPDX-License-Identifier: Apache-2.0
// One run of Stryker in a copy of the checkout. Owns its processes: none outlives the run.
import { spawn } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MutationReport } from './report.ts';

const NODE = join(import.meta.dirname, '../node');
const REPORT = 'mutation.json';
/** Of what Stryker prints, the end is kept. */
const OUTPUT_MAX = 8_000;
/** How far it is, every ten seconds. */
const isVerbose = Boolean(process.env['LAZARET_VERBOSE']);

/**
 * For tests that draw lots. The same lots for each mutant, so that a score can be repeated; fewer, as each mutant pays for them; and no search for the
 * simplest failing input, which nobody would read.
 */
const FEWER_DRAWS = 'fewer-draws.mjs';
const DRAWS = `import fc from 'fast-check';
fc.configureGlobal({ seed: 1, numRuns: 30, endOnFailure: true });
`;
/** The same, for tests that name their number of draws themselves. */
const DRAWN = { LAZARET_SEED: '1', LAZARET_MUTANTS: '1' } as const;

export interface StrykerRun {
  /** The copy. */
  readonly directory: string;
  /** Globs or `FILE:LINE-LINE`; tests are never mutated. */
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
  /** Mutants at once. */
  readonly atOnce: number;
  /** After this time it is ended by force. */
  readonly timeoutMs?: number;
  /** Ends it by force. */
  readonly signal: AbortSignal;
}

/** Null where its time was over. Throws where it does not come to a report: most often a test fails without a mutant; and the reason of its signal. */
export async function runStryker(run: StrykerRun): Promise<MutationReport | null> {
  const { directory, signal } = run;
  signal.throwIfAborted();
  const name = 'stryker.conf.json';
  writeFileSync(join(directory, name), JSON.stringify(configurationOf(run)));
  const program = join(directory, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const { isInTime, code, output } = await runGroup(['bash', NODE, program, 'run', name], run);
  signal.throwIfAborted();
  if (!isInTime) return null;
  if (code !== 0) throw new Error(`Stryker came to no report:\n${output}`);
  return JSON.parse(readFileSync(join(directory, REPORT), 'utf8')) as MutationReport;
}

function configurationOf({ directory, mutate, tests, atOnce }: StrykerRun): object {
  const testFiles = tests.flatMap((glob) => globSync(glob, { cwd: directory }));
  if (testFiles.length === 0) throw new Error(`no test is named ${tests.join(' ')}`);
  const isDrawn = testFiles.some((file) => readFileSync(join(directory, file), 'utf8').includes("from 'fast-check'"));
  writeFileSync(join(directory, FEWER_DRAWS), DRAWS);
  return {
    testRunner: 'tap',
    plugins: ['@stryker-mutator/tap-runner'],
    // Links of the workspace lead into the copy, and not into a sandbox of Stryker's.
    inPlace: true,
    mutate: [...mutate, '!**/*.test.ts', '!**/index.ts'],
    tap: {
      testFiles,
      nodeArgs: [
        '--test-reporter=tap',
        ...(isDrawn ? ['--import', `./${FEWER_DRAWS}`] : []),
        '-r',
        '{{hookFile}}',
        '{{testFile}}',
      ],
    },
    coverageAnalysis: 'perTest',
    concurrency: atOnce,
    reporters: isVerbose ? ['json', 'progress-append-only'] : ['json'],
    jsonReporter: { fileName: REPORT },
    checkers: [],
    disableTypeChecks: false,
  };
}

interface Ended {
  readonly isInTime: boolean;
  readonly code: number | null;
  readonly output: string;
}

/** A program as a process group of its own, so that a test that a mutant sends round in circles ends with it. */
function runGroup(argv: readonly [string, ...string[]], { directory, timeoutMs, signal }: StrykerRun): Promise<Ended> {
  const [program, ...rest] = argv;
  // A process of a mutant does little but start: with types stripped once for all of them it starts three times as fast.
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const env = { ...environment, ...DRAWN, NODE_COMPILE_CACHE: join(directory, 'compile-cache') };
  const child = spawn(program, rest, { cwd: directory, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  let [output, isInTime] = ['', true];
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_MAX);
    if (isVerbose) process.stderr.write(chunk);
  };
  const kill = (): void => {
    isInTime = false;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(kill, timeoutMs);
  signal.addEventListener('abort', kill);
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.on('error', reject);
  child.on('close', (code) => resolve({ isInTime, code, output }));
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  });
}
