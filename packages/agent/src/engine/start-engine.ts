// SPDX-License-Identifier: Apache-2.0
// The engine as the agent uses it: a scan process that is started, loaded, and started again when it dies. A request that was
// under way when the process died is given to the next one; a file that was there at two deaths is answered `engine-failure`,
// because a third try could cost everybody else their answers. Owns process and session; descriptors stay the caller's.
import { fstatSync } from 'node:fs';
import { z } from 'zod';
import type { ScannerAnswer } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { Engine, EngineScan, EngineStatus, LoadRequest } from './engine.ts';
import { startScanner, type ScannerProcess, type ScannerProgram } from './scanner-process.ts';
import { openSession, SessionLost, type Session } from './session.ts';
import { encodeLoad, LOAD_FLAG_REQUIRE_EICAR, REQUEST } from './wire.ts';

/** A request goes to so many scan processes, no more. */
const TRIES_MAX = 2;
const RESTART_PAUSE_MS_MAX = 500;

const helloSchema = z.object({
  protocol: z.literal(1),
  types: z.array(z.object({ number: z.number().int(), name: z.string(), group: z.string() })),
});

const loadedSchema = z.object({
  signatures: z.number().int().nonnegative(),
  yaraRules: z.number().int().nonnegative(),
  sandbox: z.unknown(),
});

const statusSchema = z.object({
  pid: z.number().int(),
  workerDeaths: z.number().int(),
  releases: z.array(
    z.object({
      state: z.enum(['loading', 'active', 'retiring']),
      directory: z.string(),
      loaded: loadedSchema.nullable(),
      workers: z.array(z.object({ pid: z.number().int(), ready: z.boolean() })),
    }),
  ),
});

export interface EngineOptions extends ScannerProgram {
  /** Told when the process had to be started again. */
  readonly onRestart?: (deaths: number) => void;
}

interface Alive {
  readonly process: ScannerProcess;
  readonly session: Session;
}

/** Starts the scan process; nothing is loaded yet. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  let closed = false;
  let loaded: LoadRequest | null = null;
  let deaths = 0;
  let alive: Promise<Alive> = start();

  async function start(): Promise<Alive> {
    const process = await startScanner(options);
    const session = await openTyped(options.socketPath);
    void process.ended.then(() => {
      if (!closed) alive = restart();
    });
    alive.catch(() => {});
    return { process, session };
  }

  async function restart(): Promise<Alive> {
    deaths += 1;
    options.onRestart?.(deaths);
    for (let pause = 10; ; pause = Math.min(pause * 2, RESTART_PAUSE_MS_MAX)) {
      try {
        const next = await start();
        if (loaded !== null) await loadInto(next.session, { ...loaded, canaries: [] });
        return next;
      } catch (error) {
        if (closed) throw error;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  const scan = async (descriptor: number, request: EngineScan): Promise<ScannerAnswer> => {
    for (let tries = 1; ; tries++) {
      const { session, process } = await alive;
      try {
        return await session.scan(descriptor, request);
      } catch (error) {
        if (!(error instanceof SessionLost))
          return failedAnswer(descriptor, request.signal?.aborted ? 'time' : 'engine-failure', error);
        if (tries >= TRIES_MAX || closed) return failedAnswer(descriptor, 'engine-failure', error);
        await process.ended;
      }
    }
  };

  await alive;
  return {
    scan,
    load: async (request) => {
      const { session } = await alive;
      const status = await loadInto(session, request);
      loaded = request;
      return { ...status, release: request.directory };
    },
    status: async () => readStatus(await (await alive).session.ask(REQUEST.status)),
    close: async () => {
      closed = true;
      const { process, session } = await alive;
      session.close();
      await process.stop();
    },
  };
}

async function openTyped(socketPath: string): Promise<Session> {
  const types = new Map<string, number>();
  const session = openSession(socketPath, types, () => {});
  const hello = helloSchema.parse(await session.ask(REQUEST.hello));
  for (const type of hello.types) types.set(type.name, type.number);
  return session;
}

async function loadInto(session: Session, request: LoadRequest): Promise<EngineStatus> {
  const body = await session.ask(REQUEST.load, {
    flags: request.requireEicar ? LOAD_FLAG_REQUIRE_EICAR : 0,
    payload: encodeLoad(request.directory, request.expectedSignatures),
    descriptors: request.canaries,
  });
  const { signatures, yaraRules, sandbox } = loadedSchema.parse(body);
  return { release: request.directory, signatures, yaraRules, workerPids: [], pid: 0, workerDeaths: 0, sandbox };
}

function readStatus(body: unknown): EngineStatus {
  const status = statusSchema.parse(body);
  const active = status.releases.find((release) => release.state === 'active');
  if (active?.loaded == null) throw new LazaretError('scanner.not_loaded', 'No patterns are loaded.');
  return {
    release: active.directory,
    signatures: active.loaded.signatures,
    yaraRules: active.loaded.yaraRules,
    pid: status.pid,
    workerPids: active.workers.map((worker) => worker.pid),
    workerDeaths: status.workerDeaths,
    sandbox: active.loaded.sandbox,
  };
}

/** A file whose scan came to no answer: said so, never called clean. */
function failedAnswer(descriptor: number, reason: 'engine-failure' | 'time', _error: unknown): ScannerAnswer {
  const bytes = fstatSync(descriptor).size;
  return {
    verdict: 'partly',
    threats: [],
    unscanned: [{ reason, layers: [], bytes }],
    trueType: 'data',
    bytes,
    sha256: null,
    coverage: { lookedAt: 0, all: 1 },
    timeMs: 0,
  };
}
