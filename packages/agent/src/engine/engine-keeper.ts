// SPDX-License-Identifier: Apache-2.0
// Keeps one scan process running: starts it, waits for its end, starts the next. There is only one loop, so the agent never has two processes. It owns the
// process and the session. While no process is ready, requests wait, but not forever, because every scan must end.
import { LazaretError } from '@lazaret/core';
import type { ScannerProcess } from './scanner-process.ts';
import type { Session } from './session.ts';

export interface Alive {
  readonly process: ScannerProcess;
  readonly session: Session;
}

export interface KeeperParts {
  /** Starts a process and makes it ready to scan. Rejects having left nothing behind. */
  bringUp(): Promise<Alive>;
  /** Told at each death, with their number. */
  onDeath(deaths: number): void;
  /** So long who asks waits for the next one; absent: 15 s. */
  readonly downMsMax?: number | undefined;
}

export interface EngineKeeper {
  /** The living one; waits for it while it is down. Rejects when it has been down for too long. */
  whenUp(): Promise<Alive>;
  close(): Promise<void>;
}

const DOWN_MS_MAX = 15_000;
const PAUSE_MS_MIN = 10;
const PAUSE_MS_MAX = 500;

/** Resolves when the first one is up; rejects when it does not come up at all. */
export async function keepEngine(parts: KeeperParts): Promise<EngineKeeper> {
  let closed = false;
  let deaths = 0;
  let downSinceMs = performance.now();
  let up: Alive | null = await parts.bringUp();
  let arrived = nextArrival();

  const arrive = (alive: Alive): void => {
    up = alive;
    arrived.resolve(alive);
  };
  const leave = (): void => {
    up = null;
    downSinceMs = performance.now();
    arrived = nextArrival();
    deaths += 1;
    if (!closed) parts.onDeath(deaths);
  };
  const raise = async (): Promise<void> => {
    for (let pauseMs = PAUSE_MS_MIN; !closed && up === null; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
      try {
        const alive = await parts.bringUp();
        if (closed) await endLate(alive);
        else arrive(alive);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  };
  const watch = async (): Promise<void> => {
    while (up !== null) {
      await up.process.ended;
      up.session.close();
      leave();
      await raise();
    }
    arrived.reject(downError());
  };
  const watching = watch();

  return {
    whenUp: async () => {
      if (up !== null) return up;
      const leftMs = (parts.downMsMax ?? DOWN_MS_MAX) - (performance.now() - downSinceMs);
      if (leftMs <= 0 || closed) throw downError();
      return await withTimeout(arrived.promise, leftMs);
    },
    close: async () => {
      closed = true;
      await up?.process.stop();
      await watching;
    },
  };
}

/** Nobody need wait for it. */
function nextArrival(): PromiseWithResolvers<Alive> {
  const arrival = Promise.withResolvers<Alive>();
  arrival.promise.catch(() => {});
  return arrival;
}

/** Who closed us found none to stop: it was still coming up. */
async function endLate({ process, session }: Alive): Promise<void> {
  await process.stop();
  session.close();
}

function downError(): LazaretError {
  return new LazaretError('scanner.down', 'The scanner does not start again.');
}

async function withTimeout(promise: Promise<Alive>, timeoutMs: number): Promise<Alive> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(downError()), timeoutMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
