// SPDX-License-Identifier: Apache-2.0
// The engine as the agent uses it: a scan process that is started, loaded with patterns, and restarted when it dies. A request that was running when the
// process died goes to the next process. A file that was being scanned at two deaths is answered with `engine-failure`, because a third try could cost all
// other requests their answers. It owns process and session; the caller owns the files. Under a supervisor, the process belongs to the supervisor: the agent
// attaches to it and gives the next process the same release.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScannerAnswer } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { Host, OpenFile } from '@lazaret/host/ports';
import type { Engine, EngineScan, EngineStatus, LoadRequest } from './engine.ts';
import { attachScanner } from './attached-scanner.ts';
import { keepEngine, type Alive, type EngineKeeper } from './engine-keeper.ts';
import { startScanner, type ScannerProgram } from './scanner-process.ts';
import { failedAnswer, isOfOthers } from './answers/scan-failures.ts';
import { openSession, SessionLost, type Session } from './session.ts';
import { readLoaded, readLoadedBefore, readStatus, readTypes } from './answers/status-answers.ts';
import { encodeLoad, LOAD_FLAG_REQUIRE_EICAR, REQUEST } from './answers/wire.ts';

/** A request goes to so many scan processes, no more. */
const TRIES_MAX = 2;
/** Status and load cost nobody a file. */
const QUESTION_TRIES_MAX = 10;
/** Between two tries where the process took nothing. */
const AGAIN_MS = 100;
/** Above its own deadline. */
const HUNG_MS = 30_000;

export interface EngineOptions extends ScannerProgram {
  readonly sockets: Pick<Host['sockets'], 'connect'>;
  /** lazaret-supervisor starts the process and starts it again; `program` and `workers` are its affair. */
  readonly supervised?: boolean;
  /** Told when the process had to be started again. */
  readonly onRestart?: (deaths: number) => void;
  /** So long a scan waits for the next process; absent: 15 s. */
  readonly downMsMax?: number;
}

/** Starts the scan process, or attaches to the supervisor's; nothing need be loaded yet. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  let loaded: LoadRequest | null = null;
  const find = options.supervised ? attach : start;
  const bringUp = async (): Promise<Alive> => {
    const alive = await find(options);
    try {
      // The canaries' descriptors are closed by now, and these patterns have proved themselves before.
      if (loaded !== null) await loadOnce(alive.session, { ...loaded, canaries: [] }, options);
      return alive;
    } catch (error) {
      await alive.process.stop();
      throw error;
    }
  };
  let first = true;
  const bringUpNext = (): Promise<Alive> => {
    const patient = first && options.supervised === true;
    first = false;
    return patient ? onceListening(bringUp) : bringUp();
  };
  const { onRestart = () => {}, downMsMax } = options;
  const keeper = await keepEngine({ bringUp: bringUpNext, onDeath: onRestart, downMsMax });
  return {
    scan: (file, request) => scanWith(keeper, file, request),
    load: async (request) => {
      const status = await askAgain(keeper, (session) => loadOnce(session, request, options));
      loaded = request;
      return status;
    },
    status: async () => readStatus(await askAgain(keeper, (session) => session.ask(REQUEST.status))),
    profileBytes: async (profile) => (await keeper.whenUp()).session.encodeProfile(profile),
    close: () => keeper.close(),
  };
}

async function start(options: EngineOptions): Promise<Alive> {
  const process = await startScanner(options);
  try {
    return { process, session: await openTyped(options, () => process.kill()) };
  } catch (error) {
    await process.stop();
    throw error;
  }
}

/** Watched from its first question on: one that hangs may have been found so, and would hold up the start for ever. */
async function attach({ sockets, socketPath }: EngineOptions): Promise<Alive> {
  const types = new Map<string, number>();
  const attached = attachScanner((onEnd) => openSession(sockets, socketPath, types, onEnd));
  await learnTypes(attached.session, types);
  return attached;
}

const LISTENING_MS_MAX = 30_000;
const LOOK_AGAIN_MS = 20;

/** The supervisor starts agent and scanner at the same time. Throws `scanner.start_failed` when the scanner never listens. */
async function onceListening(bringUp: () => Promise<Alive>): Promise<Alive> {
  const endMs = performance.now() + LISTENING_MS_MAX;
  for (;;) {
    try {
      return await bringUp();
    } catch (error) {
      if (performance.now() > endMs) {
        const why = error instanceof Error ? error.message : String(error);
        throw new LazaretError(
          'scanner.start_failed',
          `The scanner that the supervisor started does not accept connections: ${why}.`,
          {
            cause: error,
          },
        );
      }
      await sleep(LOOK_AGAIN_MS);
    }
  }
}

/** Asks the next process when one died over the question. What lost its process must not be given to the same one again. */
async function askAgain<T>(keeper: EngineKeeper, ask: (session: Session) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    const { session, process } = await keeper.whenUp();
    try {
      return await ask(session);
    } catch (error) {
      if (!(error instanceof SessionLost)) throw error;
      if (tries >= QUESTION_TRIES_MAX)
        throw new LazaretError(
          'scanner.down',
          `The scanner died ${QUESTION_TRIES_MAX} times during the same request.`,
          {
            cause: error,
          },
        );
      await process.ended;
    }
  }
}

/** Rejects with `scan.cancelled` alone; whatever else goes wrong is an answer about this file. */
async function scanWith(keeper: EngineKeeper, file: OpenFile, request: EngineScan): Promise<ScannerAnswer> {
  const endMs = performance.now() + request.deadlineMs;
  for (let deaths = 0; deaths < TRIES_MAX; ) {
    try {
      return await scanOnce(await keeper.whenUp(), file, request);
    } catch (error) {
      if (error instanceof LazaretError && error.code === 'scan.cancelled') throw error;
      if (error instanceof SessionLost) deaths += 1;
      else if (!isOfOthers(error, request.scanClass) || performance.now() > endMs) break;
      else await pause(request.signal);
    }
  }
  return failedAnswer(file.describe().identity.size);
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  await sleep(AGAIN_MS, undefined, signal === undefined ? {} : { signal }).catch(() => {
    throw new LazaretError('scan.cancelled', 'The scan was cancelled.');
  });
}

/** A scan process that does not even keep its own deadline hangs: then it ends, and with it this try. */
async function scanOnce({ session, process }: Alive, file: OpenFile, request: EngineScan): Promise<ScannerAnswer> {
  const watchdog = setTimeout(() => process.kill(), request.deadlineMs + HUNG_MS);
  try {
    return await session.scan(file, request);
  } catch (error) {
    // What lost its process must not be given to the same one again.
    if (error instanceof SessionLost) await process.ended;
    throw error;
  } finally {
    clearTimeout(watchdog);
  }
}

async function openTyped({ sockets, socketPath }: EngineOptions, onEnd: () => void): Promise<Session> {
  const types = new Map<string, number>();
  const session = openSession(sockets, socketPath, types, onEnd);
  await learnTypes(session, types);
  return session;
}

async function learnTypes(session: Session, types: Map<string, number>): Promise<void> {
  for (const [name, number] of readTypes(await session.ask(REQUEST.hello))) types.set(name, number);
}

/** A scanner that outlived its agent has the release already: a second copy of it would cost its memory twice for nothing. */
async function loadOnce(session: Session, request: LoadRequest, { supervised }: EngineOptions): Promise<EngineStatus> {
  const { directory } = request;
  const before = supervised ? readLoadedBefore(await session.ask(REQUEST.status), directory) : null;
  if (before !== null) return before;
  const body = await session.ask(REQUEST.load, {
    flags: request.requireEicar ? LOAD_FLAG_REQUIRE_EICAR : 0,
    payload: encodeLoad(directory, request.expectedSignatures),
    descriptors: request.canaries,
  });
  return readLoaded(body, directory);
}
