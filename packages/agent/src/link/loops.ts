// SPDX-License-Identifier: Apache-2.0
// The three loops that run while the VM belongs to a manager: the long poll that waits for orders, the reports in between, and the upload of events. Only the
// poll notices that a manager is back; the others wait for it.
import { randomInt } from 'node:crypto';
import { LINK_LIMITS } from '@lazaret/contract';
import type { CheckIn } from './check-in.ts';
import type { CommandDesk } from './orders/command-desk.ts';
import type { Connection } from './connection.ts';
import type { IdentityStore, LinkIdentity } from './identity/identity.ts';
import type { KnockIdentity, KnockServer } from './knock/knock-server.ts';
import type { MarkStore } from './orders/mark-store.ts';
import { afterAnswer, afterFailure, afterRetirement } from './pace.ts';
import type { SpoolUploader } from './spool-uploader.ts';
import type { Standing } from './standing.ts';
import { LinkRefusal } from './transport.ts';
import type { LinkHost } from './types.ts';
import { waker, type Waker } from './waker.ts';

/** Reports in between go out this often at most. */
const REPORT_MS = 1_000;
/** The bounds of a batch's wait: events that come together go together. */
const UPLOAD_MS = 200;
const LOOK_AGAIN_MS = 5_000;

/** Each cuts a wait short: of the poll, of the reports, of the upload, and of an upload that waits for the manager to be back. */
export type Signals = Readonly<Record<'poll' | 'report' | 'upload' | 'back', Waker>>;

export function linkSignals(): Signals {
  return { poll: waker(), report: waker(), upload: waker(), back: waker() };
}

export interface LoopParts {
  readonly host: Pick<LinkHost, 'clock' | 'knockPort' | 'spool'>;
  readonly identities: IdentityStore;
  readonly connection: Connection;
  readonly standing: Standing;
  readonly checkIn: CheckIn;
  readonly desk: CommandDesk;
  readonly uploader: SpoolUploader;
  readonly knocks: KnockServer;
  readonly marks: MarkStore;
  readonly signals: Signals;
}

/** Runs `step` again and again while the VM belongs to a manager; it says how long to wait then, after failures `pace.ts` does. */
async function keep(
  { host: { clock }, identities, standing }: LoopParts,
  wake: { readonly soon: Waker; readonly afterFailure: Waker },
  signal: AbortSignal,
  step: (failures: number) => Promise<number>,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    if (identities.read() === null) {
      await wake.soon.wait(LOOK_AGAIN_MS, clock, signal);
      continue;
    }
    let waitMs: number;
    try {
      waitMs = await step(failures);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      if (identities.read() === null) continue;
      standing.failed(error);
      const retryAfterMs = error instanceof LinkRefusal ? error.retryAfterMs : null;
      waitMs = standing.retired() ? afterRetirement(random()) : afterFailure(failures, retryAfterMs, random());
    }
    await (failures === 0 ? wake.soon : wake.afterFailure).wait(waitMs, clock, signal);
  }
}

export interface LongPoll {
  run(signal: AbortSignal): Promise<void>;
  /** A manager that knocks holds no poll of ours: ours waits on a connection that has died without a word. */
  cut(): void;
}

export function longPoll(parts: LoopParts): LongPoll {
  const { host, identities, connection, standing, desk, knocks, marks, signals } = parts;
  /** The one that waits for an answer now. */
  let waiting: AbortController | null = null;

  /** False: it was cut short, and is to be made again on a new connection. */
  const poll = async (waitMs: number, signal: AbortSignal): Promise<boolean> => {
    const cut = (waiting = new AbortController());
    try {
      const identity = identities.read();
      const mark = identity === null ? null : marks.next(identity.vmId);
      await parts.checkIn(waitMs, signal, { mark, cut: cut.signal });
      return true;
    } catch (error) {
      if (!cut.signal.aborted) throw error;
      connection.transport().dropKept();
      return false;
    } finally {
      waiting = null;
    }
  };

  return {
    cut: () => waiting?.abort(),
    run: (signal) =>
      keep(parts, { soon: signals.poll, afterFailure: signals.poll }, signal, async (failures) => {
        const startedMs = host.clock.monotonicMs();
        await knocks.want(host.knockPort(), knockIdentity(identities.read()));
        // The first after a silence is answered at once: it brings what was missed.
        const answered = await poll(standing.connected() && failures === 0 ? LINK_LIMITS.pollMsMax : 0, signal);
        desk.pump();
        return answered ? afterAnswer(host.clock.monotonicMs() - startedMs, random()) : 0;
      }),
  };
}

/** Only beside a living poll: while the manager is away the poll alone asks for it. */
export async function report(parts: LoopParts, signal: AbortSignal): Promise<void> {
  const { host, identities, standing, checkIn, signals } = parts;
  while (!signal.aborted) {
    await signals.report.wait(null, host.clock, signal);
    if (signal.aborted) return;
    await host.clock.sleep(REPORT_MS, signal);
    if (standing.connected() && identities.read() !== null) await checkIn(0, signal).catch(() => undefined);
  }
}

/** An event that happens while the manager is away is no reason to ask for it: the poll is who notices that it is back. */
export function upload(parts: LoopParts, signal: AbortSignal): Promise<void> {
  const { host, connection, standing, uploader, signals } = parts;
  return keep(parts, { soon: signals.upload, afterFailure: signals.back }, signal, async () => {
    // Who has not checked in yet, or may be a copy, is not known as the one that holds the key.
    if (!standing.trusted()) {
      await signals.back.wait(LINK_LIMITS.pollMsMax, host.clock, signal);
      return UPLOAD_MS;
    }
    await uploader.upload(connection.transport(), signal);
    if (uploader.acknowledged() >= host.spool.last())
      await signals.upload.wait(LINK_LIMITS.pollMsMax, host.clock, signal);
    return UPLOAD_MS;
  });
}

function random(): number {
  return randomInt(1_000_001) / 1_000_000;
}

function knockIdentity(identity: LinkIdentity | null): KnockIdentity | null {
  return identity === null ? null : { ...identity, authorities: identity.trust.authorities };
}
