// SPDX-License-Identifier: Apache-2.0
// One check-in: reports the state of the VM to the manager, and then does what the answer asks for, one thing after the other.
import { z } from 'zod';
import { checkInAnswerSchema, LINK_LIMITS, type CheckInAnswer, type ShownMark, type VmReport } from '@lazaret/contract';
import type { CommandDesk } from './orders/command-desk.ts';
import type { Connection } from './connection.ts';
import type { IdentityStore } from './identity/identity.ts';
import type { KnockServer } from './knock/knock-server.ts';
import { readHolder, readMachine } from '@lazaret/host';
import type { MarkStore } from './orders/mark-store.ts';
import type { OfferedPolicy } from './offered-policy.ts';
import type { Renewal } from './identity/renewal.ts';
import type { SpoolUploader } from './spool-uploader.ts';
import type { Standing } from './standing.ts';
import type { LinkHost } from './types.ts';

export interface CheckInParts {
  readonly host: LinkHost;
  readonly identities: IdentityStore;
  readonly connection: Connection;
  readonly standing: Standing;
  readonly renewal: Renewal;
  readonly policy: OfferedPolicy;
  readonly desk: CommandDesk;
  readonly uploader: SpoolUploader;
  readonly knocks: KnockServer;
  readonly marks: MarkStore;
  /** Something changed that the manager should see soon. */
  readonly changed: () => void;
}

export interface CheckInChoices {
  readonly mark?: ShownMark | null;
  /** Ends the wait for the answer; what an answer asks for is done whatever becomes of it. */
  readonly cut?: AbortSignal;
}

/** Asks, waits up to `waitMs` for something to do, and does it. */
export type CheckIn = (waitMs: number, signal: AbortSignal, choices?: CheckInChoices) => Promise<void>;

export function checkIn(parts: CheckInParts): CheckIn {
  const { connection, standing, marks } = parts;
  let handling: Promise<unknown> = Promise.resolve();
  return async (waitMs, signal, { mark = null, cut = signal } = {}) => {
    const body = JSON.stringify({ ...(await standOf(parts)), mark, waitMs });
    const timeoutMs = waitMs + LINK_LIMITS.answerMsMax;
    const either = AbortSignal.any([signal, cut]);
    const ask = { method: 'POST', path: '/link/v1/check-in', body, signal: either, timeoutMs } as const;
    const answer = await connection.transport().askJson(ask, checkInAnswerSchema);
    if (mark !== null && answer.markTaken) marks.taken(mark);
    standing.answered(answer.entrusted);
    await (handling = handling.catch(() => {}).then(() => obey(answer, parts, signal)));
  };
}

async function standOf({ host, identities, policy, desk, uploader, knocks }: CheckInParts): Promise<object> {
  const local = await host.readReport();
  return {
    time: new Date(host.clock.nowMs()).toISOString(),
    holder: readHolder(),
    machine: readMachine(host.agentVersion),
    report: {
      ...local,
      policy: { ...local.policy, refused: policy.refused() },
      knock: knocks.state(),
      spool: { epoch: host.epoch(), last: host.spool.last(), acknowledged: uploader.acknowledged() },
    } satisfies VmReport,
    have: { policyHash: policy.hash(), trustHash: identities.read()?.trust.hash, commands: desk.known() },
  };
}

/** What the answer asks for. */
async function obey(answer: CheckInAnswer, parts: CheckInParts, signal: AbortSignal): Promise<void> {
  const { host, identities, connection, standing, renewal, policy, desk, changed } = parts;
  standing.tellClock(answer.clockDifferenceMs);
  standing.told(answer.state);
  const identity = identities.read();
  if (identity === null) return;
  if (answer.trust !== null && answer.trust.hash !== identity.trust.hash) {
    identities.write({ ...identity, trust: answer.trust });
    host.log.info(
      { managers: answer.trust.managers },
      'the addresses or certificate authorities of the manager of this VM have changed',
    );
    connection.close();
  }
  if (answer.takeNewInstance) renewal.beginAnew();
  if (answer.clone || answer.renew) await renewal.renew(answer.clone, signal);
  if (answer.policyHash !== null && answer.policyHash !== policy.hash()) {
    await policy.fetch(answer.policyHash, signal);
    // Orders may have waited for it.
    desk.pump();
    changed();
  }
  if (answer.commands.length > 0) desk.take(answer.commands);
  if (answer.wantsVaultList) await sendVaultList(parts, signal);
}

async function sendVaultList({ host, connection }: CheckInParts, signal: AbortSignal): Promise<void> {
  const list = await host.readVaultList();
  const ask = { method: 'PUT', path: '/link/v1/quarantine', body: JSON.stringify(list), signal } as const;
  await connection.transport().askJson(ask, z.unknown());
}
