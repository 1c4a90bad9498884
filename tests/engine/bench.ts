// SPDX-License-Identifier: Apache-2.0
// For tests: the engine as the agent uses it, over a real scan process with one pattern in force.
import { chmodSync, copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { HOST, type OpenFile } from '@lazaret/host';
import { makeMarker, temporaryDirectory, until, type Marker } from '@lazaret/testkit';
import { startEngine, type Engine, type EngineScan } from '../../packages/agent/src/engine/index.ts';

const PROGRAMS = join(import.meta.dirname, '../../.build/native/bin');

/** With room for all that tests scan. */
export const SCAN: EngineScan = {
  profile: {
    compressionLayersMax: 5,
    nestingMax: 30,
    memberBytesMax: 30 * 2 ** 20,
    membersMax: 10_000,
    engineTimeMs: 120_000,
    walkTimeMs: 120_000,
    typeRule: null,
  },
  nameListed: false,
  scanClass: 'run',
  owner: 0,
  deadlineMs: 300_000,
};

export interface Bench {
  readonly engine: Engine;
  readonly marker: Marker;
  readonly directory: string;
  /** A copy of its own, which a test may take away. */
  readonly program: string;
  /** Puts it there once more. */
  readonly putProgram: () => void;
  readonly open: (name: string, content: Buffer) => OpenFile;
}

/** `scanner-faults`: the scan process that ends or hangs where a file says so. */
export async function startBench(t: TestContext, kind: 'scanner' | 'scanner-faults' = 'scanner'): Promise<Bench> {
  const directory = temporaryDirectory(t);
  const marker = makeMarker('Found');
  const program = join(directory, `lazaret-${kind}`);
  const putProgram = (): void => {
    copyFileSync(join(PROGRAMS, `lazaret-${kind}`), program);
    chmodSync(program, 0o755);
  };
  putProgram();
  const patterns = join(directory, 'patterns');
  mkdirSync(patterns, { mode: 0o755 });
  writeFileSync(join(patterns, 'markers.ndb'), marker.signature);
  const engine = await startEngine({ sockets: HOST.sockets, program, socketPath: join(directory, 's'), workers: 2 });
  t.after(() => engine.close());
  await engine.load({ directory: patterns, canaries: [], requireEicar: false, expectedSignatures: 1 });
  const open = (name: string, content: Buffer): OpenFile => {
    const path = join(directory, name);
    writeFileSync(path, content);
    const file = HOST.files.adopt(openSync(path, 'r'));
    t.after(() => file.close());
    return file;
  };
  return { engine, marker, directory, program, putProgram, open };
}

/** Resolves, with the scan process, once one of its workers is at work. The engine has nothing else in hand. */
export async function untilBusy(engine: Engine): Promise<number> {
  const first = new Map<number, number>();
  let scanner = -1;
  await until(async () => {
    const { pid, workerPids } = await engine.status();
    scanner = pid;
    return workerPids.some((worker) => {
      const nowMs = processorMs(worker);
      if (!first.has(worker)) first.set(worker, nowMs);
      return nowMs > (first.get(worker) ?? nowMs) + BUSY_MS;
    });
  }, 'a worker is at work');
  return scanner;
}

/** More than a worker without work takes. */
const BUSY_MS = 50;

/** 0 where it has ended. */
function processorMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
  } catch {
    return 0;
  }
}
