// SPDX-License-Identifier: Apache-2.0
// A scan process that lazaret-supervisor starts and restarts. The agent attaches to it and owns only the link. If the process stops answering, the agent kills
// the pid that the kernel names at the other end of the link, and the supervisor starts the next process.
import { sleepToBeat, systemClock } from '@lazaret/platform';
import { missedPings } from './missed-pings.ts';
import type { ScannerProcess } from './scanner-process.ts';
import type { Session } from './session.ts';
import { REQUEST } from './answers/wire.ts';

const PING_MS = 2_000;

export interface AttachedScanner {
  readonly process: ScannerProcess;
  readonly session: Session;
}

/** `open` connects; it throws where nobody listens. `onEnd` must be called when the link breaks. */
export function attachScanner(open: (onEnd: () => void) => Session): AttachedScanner {
  const ended = Promise.withResolvers<void>();
  const session = open(() => ended.resolve());
  const { pid } = session.peer();
  const leave = (): Promise<void> => {
    session.close();
    return ended.promise;
  };
  const kill = (): void => {
    endProcess(pid);
    session.close();
  };
  const stopWatching = watchAnswers(session, kill);
  void ended.promise.then(stopWatching);
  return { session, process: { pid, ended: ended.promise, stop: leave, kill } };
}

function watchAnswers(session: Session, hung: () => void): () => void {
  const pings = missedPings();
  const look = (): void => {
    const due = pings.beat();
    if (due === 'ping') session.ask(REQUEST.ping).then(pings.answered, pings.answered);
    else if (due === 'hung') hung();
  };
  const ended = new AbortController();
  void eachBeat(look, ended.signal);
  return () => ended.abort();
}

async function eachBeat(look: () => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleepToBeat(systemClock, PING_MS, signal);
    if (!signal.aborted) look();
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
