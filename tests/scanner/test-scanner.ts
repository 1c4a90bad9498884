// SPDX-License-Identifier: Apache-2.0
// For tests: a real scan process of the test's own, with the test's own patterns. Owns the process, its socket and its
// directory; the test's end closes all three.
import { after, before } from 'node:test';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScannerAnswer } from '@lazaret/contract';
import { HOST } from '@lazaret/host';
import { temporaryDirectory } from '@lazaret/testkit';
import type { EngineProfile, ScanClass } from '../../packages/agent/src/engine/engine.ts';
import { openSession, type Session } from '../../packages/agent/src/engine/session.ts';
import { LOAD_FLAG_REQUIRE_EICAR, REQUEST, encodeLoad } from '../../packages/agent/src/engine/answers/wire.ts';

const BINARIES = join(import.meta.dirname, '../../.build/native/bin');
const MIB = 1_048_576;

/** Scheduled scan's rules (LM-7); budgets are generous, because the machine may be busy with other work. */
export const SCHEDULED: EngineProfile = {
  compressionLayersMax: 5,
  nestingMax: 30,
  memberBytesMax: 30 * MIB,
  membersMax: 100_000,
  engineTimeMs: 120_000,
  walkTimeMs: 120_000,
  typeRule: null,
};
/** Real-time's rules (LM-6). */
export const REAL_TIME: EngineProfile = { ...SCHEDULED, memberBytesMax: 10 * MIB };

/** For `through`: a root without the right to make namespaces, as in many containers. */
export const WITHOUT_NAMESPACES = ['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-sys_admin', '--'];

export interface TestScanner {
  readonly process: ChildProcess;
  readonly session: Session;
  readonly directory: string;
  readonly patterns: string;
  readonly socketPath: string;
  load(options?: {
    readonly directory?: string;
    readonly requireEicar?: boolean;
    readonly expected?: number;
    readonly canaries?: readonly number[];
  }): Promise<unknown>;
  scanFile(path: string, profile?: EngineProfile, options?: ScanOptions): Promise<ScannerAnswer>;
  /** Writes the bytes to a file of the test's directory and scans it. */
  scanBytes(bytes: Buffer, profile?: EngineProfile, options?: ScanOptions): Promise<ScannerAnswer>;
}

export interface ScanOptions {
  readonly deadlineMs?: number;
  readonly nameListed?: boolean;
  readonly scanClass?: ScanClass;
  readonly owner?: number;
  readonly signal?: AbortSignal;
}

export function typeNumbers(): ReadonlyMap<string, number> {
  const listed = spawnSync(join(BINARIES, 'lazaret-scanner'), ['types'], { encoding: 'utf8' });
  const types = JSON.parse(listed.stdout) as readonly { readonly number: number; readonly name: string }[];
  return new Map(types.map(({ name, number }) => [name, number]));
}

interface TestScannerOptions {
  readonly faults?: boolean;
  readonly workers?: number;
  readonly urgentWorkers?: number;
  readonly load?: boolean;
  /** A command that runs the scanner in its place. */
  readonly through?: readonly string[];
  /** Of an earlier scanner; else one of its own. */
  readonly directory?: string;
}

/** One for all tests of a suite: `started` is told of it before the first. */
export function suiteScanner(
  files: Readonly<Record<string, string>>,
  started: (scanner: TestScanner) => void,
  options?: TestScannerOptions,
): void {
  const closers: (() => void | Promise<void>)[] = [];
  before(async () => {
    started(await startTestScanner({ after: (work) => void closers.push(work) }, files, options));
  });
  after(async () => {
    for (const close of closers.toReversed()) await close();
  });
}

/** Resolves once it listens. */
async function startProgram(socketPath: string, options: TestScannerOptions) {
  const program = join(BINARIES, options.faults ? 'lazaret-scanner-faults' : 'lazaret-scanner');
  // With its parent: a test that is killed leaves nobody behind.
  const workers = String(options.workers ?? 2);
  const urgent = String(options.urgentWorkers ?? 0);
  const argv = ['--socket', socketPath, '--workers', workers, '--urgent-workers', urgent, '--end-with-parent'];
  const [command = program, ...rest] = [...(options.through ?? []), program, ...argv];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`the scanner ended: ${command}`)));
  await Promise.race([once(child.stdout, 'data'), ended]);
  ended.catch(() => undefined); // later it may end as it likes
  return child;
}

export async function startTestScanner(
  test: { after(work: () => void | Promise<void>): void },
  files: Readonly<Record<string, string>>,
  options: TestScannerOptions = {},
): Promise<TestScanner> {
  const directory = options.directory ?? temporaryDirectory(test);
  const patterns = join(directory, 'patterns');
  mkdirSync(patterns, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(patterns, name), text);
  const socketPath = join(directory, 'scanner.socket');
  const child = await startProgram(socketPath, options);
  const session = openSession(HOST.sockets, socketPath, typeNumbers(), () => undefined);
  test.after(async () => {
    session.close();
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  let samples = 0;
  const scanFile: TestScanner['scanFile'] = async (path, profile = SCHEDULED, scan = {}) => {
    const file = HOST.files.adopt(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
    try {
      return await session.scan(file, {
        profile,
        nameListed: scan.nameListed ?? false,
        scanClass: scan.scanClass ?? 'run',
        owner: scan.owner ?? 0,
        signal: scan.signal,
        deadlineMs: scan.deadlineMs ?? 0,
      });
    } finally {
      file.close();
    }
  };
  const scanner: TestScanner = {
    process: child,
    session,
    directory,
    patterns,
    socketPath,
    load: (load = {}) =>
      session.ask(REQUEST.load, {
        flags: load.requireEicar ? LOAD_FLAG_REQUIRE_EICAR : 0,
        payload: encodeLoad(load.directory ?? patterns, load.expected ?? null),
        descriptors: load.canaries ?? [],
      }),
    scanFile,
    scanBytes: (bytes, profile, scan) => {
      const path = join(directory, `sample-${samples++}`);
      writeFileSync(path, bytes);
      return scanFile(path, profile, scan);
    },
  };
  if (options.load !== false) await scanner.load();
  return scanner;
}
