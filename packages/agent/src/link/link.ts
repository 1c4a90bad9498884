// SPDX-License-Identifier: Apache-2.0
// The agent's side of the link: as long as the VM belongs to a manager it checks in, does what is wanted, and brings its events. Owns identity, transport,
// stand-by port and command desk. While the manager is away it waits and tries again, and everything else of the agent goes on as if nothing were (MG-8b).
import { randomInt, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import {
  checkInAnswerSchema,
  CLOCK_WARNING_MS,
  LINK_LIMITS,
  renewAnswerSchema,
  type CheckInAnswer,
  type ShownMark,
  type VmReport,
  type VmState,
} from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { spoolReader } from '../spool/index.ts';
import { activateIdentity } from './activate-identity.ts';
import { commandDesk } from './command-desk.ts';
import { identityStore, sha256Hex, type LinkIdentity } from './identity.ts';
import { makeKeyRequest } from './key-request.ts';
import { knockServer } from './knock-server.ts';
import { readHolder, readMachine, takeNewInstance } from './machine-facts.ts';
import { markStore } from './mark-store.ts';
import { afterAnswer, afterFailure, afterRetirement } from './pace.ts';
import { readOfferedRelease } from './release-download.ts';
import { readText } from './read-text.ts';
import { spoolUploader } from './spool-uploader.ts';
import { LinkRefusal, openTransport, type Transport } from './transport.ts';
import type { Link, LinkHost, LinkStatus, LinkTools } from './types.ts';
import { waker, type Waker } from './waker.ts';

/** Reports in between go out this often at most. */
const REPORT_MS = 1_000;
/** The agent's end waits no longer for its manager. */
const STOPPING_MS = 2_000;
/** The bounds of a batch's wait: events that come together go together. */
const UPLOAD_MS = 200;
const LOOK_AGAIN_MS = 5_000;

export function openLink(host: LinkHost): Link {
  const { clock, log } = host;
  const identities = identityStore(host.stateDirectory);
  const marks = markStore(host.stateDirectory, (error) => log.warn({ message: String(error) }, 'no mark is written'));
  let transport: Transport | null = null;
  let connected = false;
  let entrusted = true;
  let lastAnswerMs: number | null = null;
  let fault: LazaretError | null = null;
  let clockDifferenceMs: number | null = null;
  let vmState: VmState = 'active';
  let gotPolicy: string | null = null;
  let refusedPolicy: VmReport['policy']['refused'] = null;
  let handling: Promise<unknown> = Promise.resolve();
  const signals = { poll: waker(), report: waker(), upload: waker(), back: waker() };
  const uploader = spoolUploader({
    database: host.database,
    spool: host.spool,
    reader: spoolReader(host.spoolDirectory, 0),
    epoch: () => host.epoch(),
    beginEpoch: () => host.beginEpoch(),
  });
  /** The long poll that waits for an answer now. */
  let polling: AbortController | null = null;
  const knocks = knockServer(clock, () => {
    signals.poll.wake();
    // A manager that knocks holds no poll of ours: ours waits on a connection that has died without a word.
    polling?.abort();
  });

  const connection = (): Transport => {
    const identity = identities.read();
    if (identity === null) throw new LazaretError('link.not_activated', 'This VM belongs to no manager.');
    return (transport ??= openTransport({ ...identity.trust, ...identity, instance: readHolder().instance }));
  };
  const reconnect = (): void => {
    transport?.close();
    transport = null;
  };
  const tools = (): LinkTools | null =>
    identities.read() === null
      ? null
      : { transport: connection(), offeredRelease: (signal) => readOfferedRelease(connection(), signal) };

  const desk = commandDesk({
    database: host.database,
    clock,
    policyHash: () => host.policyHash(),
    spoolLast: () => host.spool.last(),
    carryOut: (command) => {
      const have = tools();
      if (have === null) throw new LazaretError('link.not_activated', 'This VM belongs to no manager.');
      return host.carryOut(command, have);
    },
    recover: (command, before) => host.recover(command, before),
    tell: async (id, result) => {
      const ask = { method: 'POST', path: `/link/v1/commands/${id}/result`, body: JSON.stringify(result) } as const;
      try {
        await connection().askJson(ask, z.unknown());
      } catch (error) {
        // A command that the manager does not know any more has nobody who waits for its result.
        if (!(error instanceof LinkRefusal && error.status === 404)) throw error;
      }
      signals.report.wake();
    },
    onFault: (error) => log.debug({ message: String(error) }, 'a result waits for the manager'),
  });

  /** `cut` ends the wait for the answer; what the answer asks for is done whatever becomes of it. */
  const checkIn = async (
    waitMs: number,
    signal: AbortSignal,
    { mark = null, cut = signal }: { readonly mark?: ShownMark | null; readonly cut?: AbortSignal } = {},
  ): Promise<CheckInAnswer> => {
    const local = await host.readReport();
    const body = JSON.stringify({
      time: new Date(clock.nowMs()).toISOString(),
      holder: readHolder(),
      mark,
      machine: readMachine(host.agentVersion),
      report: {
        ...local,
        policy: { ...local.policy, refused: refusedPolicy },
        knock: knocks.state(),
        spool: { epoch: host.epoch(), last: host.spool.last(), acknowledged: uploader.acknowledged() },
      } satisfies VmReport,
      have: {
        policyHash: gotPolicy ?? host.policyHash(),
        trustHash: identities.read()?.trust.hash,
        commands: desk.known(),
      },
      waitMs,
    });
    const timeoutMs = waitMs + LINK_LIMITS.answerMsMax;
    const either = AbortSignal.any([signal, cut]);
    const ask = { method: 'POST', path: '/link/v1/check-in', body, signal: either, timeoutMs } as const;
    const answer = await connection().askJson(ask, checkInAnswerSchema);
    if (mark !== null && answer.markTaken) marks.taken(mark);
    const wasUseful = connected && entrusted;
    connected = true;
    entrusted = answer.entrusted;
    if (!wasUseful) signals.back.wake();
    lastAnswerMs = clock.nowMs();
    if (fault !== null) log.info({ fault: fault.code }, 'the manager answers again');
    fault = null;
    await (handling = handling.catch(() => {}).then(() => handle(answer, signal)));
    return answer;
  };

  const handle = async (answer: CheckInAnswer, signal: AbortSignal): Promise<void> => {
    tellClock(answer.clockDifferenceMs);
    vmState = answer.state;
    const identity = identities.read();
    if (identity === null) return;
    if (answer.trust !== null && answer.trust.hash !== identity.trust.hash) {
      identities.write({ ...identity, trust: answer.trust });
      log.info({ managers: answer.trust.managers }, 'the managers of this VM, or their authorities, have changed');
      reconnect();
    }
    if (answer.takeNewInstance) beginAnew();
    if (answer.clone || answer.renew) await renew(answer.clone, signal);
    if (answer.policyHash !== null && answer.policyHash !== (gotPolicy ?? host.policyHash()))
      await fetchPolicy(answer.policyHash, signal);
    if (answer.commands.length > 0) desk.take(answer.commands);
    if (answer.wantsVaultList) await sendVaultList(signal);
  };

  /** This machine was copied as it ran, or taken back to how it ran once. */
  const beginAnew = (): void => {
    takeNewInstance();
    spoolAtStart = host.spool.last();
    reconnect();
    log.info('this agent calls by a new name: another one goes on from where it stood');
  };

  const tellClock = (differenceMs: number): void => {
    const before = Math.abs(clockDifferenceMs ?? 0) > CLOCK_WARNING_MS;
    clockDifferenceMs = differenceMs;
    const now = Math.abs(differenceMs) > CLOCK_WARNING_MS;
    if (now && !before)
      log.warn(
        { code: 'link.clock_differs', differenceMs },
        `the clock of this VM is ${Math.round(differenceMs / 1_000)} s off the manager's`,
      );
    else if (before && !now) log.info({ differenceMs }, "the clock of this VM agrees with the manager's again");
  };

  const renew = async (clone: boolean, signal: AbortSignal): Promise<void> => {
    const identity = identities.read();
    if (identity === null) return;
    const { privateKey, request } = await makeKeyRequest();
    const body = JSON.stringify({
      certificateRequest: request,
      clone,
      holder: readHolder(),
      machine: readMachine(host.agentVersion),
    });
    const ask = { method: 'POST', path: '/link/v1/renew', body, signal } as const;
    const { vmId, certificate, trust } = await connection().askJson(ask, renewAnswerSchema);
    // What the origin has told, or will tell, is not told again by its copy.
    if (vmId !== identity.vmId) uploader.skipTo(spoolAtStart);
    identities.write({ ...identity, vmId, certificate, privateKey, trust });
    reconnect();
    log.info({ vmId, clone }, clone ? 'this VM is a copy of another: it waits to be accepted' : 'certificate renewed');
  };

  const fetchPolicy = async (hash: string, signal: AbortSignal): Promise<void> => {
    const answer = await connection().askStream({ method: 'GET', path: `/link/v1/policies/${hash}`, signal });
    const text = await readText(answer, LINK_LIMITS.policyBytesMax);
    gotPolicy = hash;
    const problem =
      sha256Hex(text) === hash
        ? host.takePolicy(text)
        : new LazaretError('link.download', `The document is not the policy ${hash}.`);
    refusedPolicy = problem === null ? null : { hash, code: problem.code, message: problem.message.slice(0, 4_096) };
    desk.pump();
    signals.report.wake();
  };

  const sendVaultList = async (signal: AbortSignal): Promise<void> => {
    const list = await host.readVaultList();
    const ask = { method: 'PUT', path: '/link/v1/quarantine', body: JSON.stringify(list), signal } as const;
    await connection().askJson(ask, z.unknown());
  };

  let spoolAtStart = host.spool.last();
  const note = (error: unknown): void => {
    const told = error instanceof LazaretError ? error : new LazaretError('agent.internal', String(error));
    connected = false;
    if (told instanceof LinkRefusal && told.code === 'link.retired') vmState = 'retired';
    if (fault?.code !== told.code)
      log.warn({ code: told.code, message: told.message }, 'the manager cannot be reached; the agent works on');
    fault = told;
  };

  /** Runs `step` as long as the VM belongs to a manager. */
  const keep = async (
    wake: { readonly soon: Waker; readonly afterFailure: Waker },
    signal: AbortSignal,
    step: (failures: number) => Promise<number>,
  ): Promise<void> => {
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
        note(error);
        const retryAfterMs = error instanceof LinkRefusal ? error.retryAfterMs : null;
        waitMs = vmState === 'retired' ? afterRetirement(random()) : afterFailure(failures, retryAfterMs, random());
      }
      await (failures === 0 ? wake.soon : wake.afterFailure).wait(waitMs, clock, signal);
    }
  };

  /** False: a knock cut it short, and it is to be made again on a new connection. */
  const checkInUncut = async (waitMs: number, signal: AbortSignal): Promise<boolean> => {
    const cut = (polling = new AbortController());
    try {
      const identity = identities.read();
      await checkIn(waitMs, signal, { mark: identity === null ? null : marks.next(identity.vmId), cut: cut.signal });
      return true;
    } catch (error) {
      if (!cut.signal.aborted) throw error;
      connection().dropKept();
      return false;
    } finally {
      polling = null;
    }
  };

  const poll = (signal: AbortSignal): Promise<void> =>
    keep({ soon: signals.poll, afterFailure: signals.poll }, signal, async (failures) => {
      const startedMs = clock.monotonicMs();
      await knocks.want(host.knockPort(), knockIdentity(identities.read()));
      // The first after a silence is answered at once: it brings what was missed.
      const answered = await checkInUncut(connected && failures === 0 ? LINK_LIMITS.pollMsMax : 0, signal);
      desk.pump();
      if (!answered) return 0;
      return afterAnswer(clock.monotonicMs() - startedMs, random());
    });

  const report = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await signals.report.wait(null, clock, signal);
      if (signal.aborted) return;
      await clock.sleep(REPORT_MS, signal);
      // Only beside a living poll: while the manager is away the poll alone asks for it.
      if (connected && identities.read() !== null) await checkIn(0, signal).catch(() => undefined);
    }
  };

  const upload = (signal: AbortSignal): Promise<void> =>
    // An event that happens while the manager is away is no reason to ask for it: the poll is who notices that it is back.
    keep({ soon: signals.upload, afterFailure: signals.back }, signal, async () => {
      // Who has not checked in yet, or may be a copy, is not known as the one that holds the key.
      if (!connected || !entrusted) {
        await signals.back.wait(LINK_LIMITS.pollMsMax, clock, signal);
        return UPLOAD_MS;
      }
      await uploader.upload(connection(), signal);
      if (uploader.acknowledged() < host.spool.last()) return UPLOAD_MS;
      return await signals.upload.wait(LINK_LIMITS.pollMsMax, clock, signal).then(() => UPLOAD_MS);
    });

  /** Best effort: a manager that is away notices the silence by itself. */
  const sayStopping = async (): Promise<void> => {
    if (identities.read() === null || !connected) return;
    const ask = { method: 'POST', path: '/link/v1/stopping', body: '{}', timeoutMs: STOPPING_MS } as const;
    await connection()
      .askJson(ask, z.unknown())
      .catch(() => undefined);
  };

  const status = (): LinkStatus | null => {
    const identity = identities.read();
    if (identity === null) return null;
    return {
      vmId: identity.vmId,
      tenantId: identity.tenantId,
      managers: identity.trust.managers,
      state: vmState,
      connected,
      entrusted,
      lastAnswerAt: lastAnswerMs === null ? null : new Date(lastAnswerMs).toISOString(),
      fault: fault === null ? null : { code: fault.code, message: fault.message },
      clockDifferenceMs,
      certificateNotAfter: notAfterOf(identity),
      acknowledged: uploader.acknowledged(),
      waiting: host.spool.last() - uploader.acknowledged(),
      knock: knocks.state(),
    };
  };

  return {
    status,
    tools,
    changed: () => signals.report.wake(),
    activate: async (token, name) => {
      const activation = await activateIdentity(identities, token, name, { clock, agentVersion: host.agentVersion });
      tellClock(activation.clockDifferenceMs);
      vmState = 'active';
      gotPolicy = null;
      for (const one of Object.values(signals)) one.wake();
      log.info({ vmId: activation.identity.vmId, managers: activation.identity.trust.managers }, 'activated');
      host.activated();
      return status() as LinkStatus;
    },
    deactivate: async (force) => {
      const ask = { method: 'POST', path: '/link/v1/deactivate', body: '{}' } as const;
      try {
        await connection().askJson(ask, z.unknown());
      } catch (error) {
        if (!force) throw error;
      }
      identities.remove();
      reconnect();
      connected = false;
      fault = null;
      await knocks.want(null, null);
      log.info('deactivated');
    },
    run: async (signal) => {
      const endAppend = host.spool.onAppend(() => signals.upload.wake());
      desk.pump();
      await Promise.all([poll(signal), report(signal), upload(signal)]);
      endAppend();
      await sayStopping();
      reconnect();
      await knocks.close();
      await desk.settled();
    },
  };
}

function notAfterOf({ certificate }: LinkIdentity): string {
  return new Date(new X509Certificate(certificate).validTo).toISOString();
}

function random(): number {
  return randomInt(1_000_001) / 1_000_000;
}

function knockIdentity(identity: LinkIdentity | null): Parameters<ReturnType<typeof knockServer>['want']>[1] {
  return identity === null ? null : { ...identity, authorities: identity.trust.authorities };
}
