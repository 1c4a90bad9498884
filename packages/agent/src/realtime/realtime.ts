// SPDX-License-Identifier: Apache-2.0
// Real-time's side of the agent: tells the gate what to decide by, takes what it says to actions and events, follows up what was let through, looks at what
// changed unseen. The gate answers every open without us. Owns the link and its queues; here the parts only meet.
import { availableParallelism } from 'node:os';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import type { GateMessage } from '@lazaret/contract';
import { LazaretError, nameOf, pathTextFromBytes } from '@lazaret/core';
import { sleepToBeat } from '@lazaret/platform';
import { describe } from '@lazaret/safefs';
import { actOnDetected } from './detected.ts';
import { detections } from './detections.ts';
import { doneNumbers } from './done-numbers.ts';
import { gateCounts } from './gate-counts.ts';
import { gateLink, type Configured } from './gate-link.ts';
import { gateText } from './gate-text.ts';
import { letThroughs } from './let-throughs.ts';
import { objectsAtWork } from './objects-at-work.ts';
import { systemOpenerFacts } from './opener.ts';
import { placesOf, uncoveredEntries } from './places.ts';
import { gatePlanner } from './planner.ts';
import { reportOf } from './report.ts';
import { giveSignsOfLife, SIGN_FILE } from './sign-of-life.ts';
import { scanOrClose, type ScanOrder } from './scan-descriptor.ts';
import { stateOf, type RealtimeStand } from './state-of.ts';
import { isWatching, stateTeller } from './state-teller.ts';
import type { Place, Realtime, RealtimeParts, RealtimeStats } from './types.ts';
import { unseenChanges } from './unseen-changes.ts';
import type { ChangedFile } from './walk-changed.ts';

const TICK_MS = 2_000;
/** The longest from one look to the next (see `sleepToBeat`): an edge that comes within it is slept to, and not past. */
const LOOK_MS_MAX = 1.25 * TICK_MS;
const FOLLOW_UPS_AT_ONCE = 32;

export function openRealtime(parts: RealtimeParts): Realtime {
  const { clock, supervisorPid } = parts;
  const objects = objectsAtWork(() => clock.monotonicMs());
  const openers = systemOpenerFacts(clock);
  const planner = gatePlanner(parts);
  const ended = new AbortController();
  /** Of the gate that is connected. */
  let refused = 0;
  let wake = new AbortController();
  let configured: Configured | null = null;
  let lostAtMs: number | null = null;

  const link = gateLink({
    socketPath: parts.gateSocket,
    privateDirectory: parts.privateDirectory,
    clock,
    onConnected: ({ pid, mode, reason }) => {
      lostAtMs = null;
      refused = 0;
      parts.log.info({ gatePid: pid, mode, reason }, 'the gate is connected');
    },
    onLost: () => {
      lostAtMs = clock.monotonicMs();
      parts.log.warn({}, 'the gate is gone');
    },
    onFault: (why) => parts.log.error({ why }, 'a message of the gate is none'),
    onMessage: (message, descriptor) => receive(message, descriptor),
  });
  const counts = gateCounts(link, clock);
  const done = doneNumbers((order) => link.send(order));
  const deny = (descriptor: number): Promise<boolean> => link.send({ type: 'deny' }, descriptor);
  /** A path that a container may have chosen decides by no rule of place. */
  const orderOf = (path: Buffer, believed: boolean): ScanOrder | null => {
    const plan = planner.current();
    if (plan === null) return null;
    const { nameListed } = plan.scope.targets.forName(nameOf(pathTextFromBytes(path)));
    return {
      path: believed ? pathTextFromBytes(path) : '',
      profile: plan.profile,
      scope: plan.scope,
      nameListed,
      signal: ended.signal,
    };
  };
  const found = detections({
    parts,
    objects,
    openers,
    scope: () => planner.current()?.scope ?? null,
    deny,
    done: done.add,
    setReading: (reading) => link.setReading(reading),
  });
  const lookAt = async ({ path, descriptor, decidedBy }: ChangedFile): Promise<boolean> => {
    const order = orderOf(path, true);
    const end = order === null ? null : await scanOrClose(descriptor, order, parts);
    if (end?.kind !== 'infected') {
      closeSync(descriptor);
      return end !== null && end.kind !== 'failed';
    }
    const { device, inode } = describe(descriptor).identity;
    const file = { device: String(device), inode: String(inode) };
    const clue = { path: gateText(path), believed: true, file, opener: null };
    const facts = { refused: false, opener: null, attempts: 1, deny: () => deny(descriptor) };
    await actOnDetected({ descriptor, clue, ...end, decidedBy, facts }, objects, parts);
    return true;
  };
  const unseen = unseenChanges({
    parts,
    signal: ended.signal,
    scope: () => planner.current()?.scope ?? null,
    look: async (file) =>
      await lookAt(file).catch((error: Error) => {
        parts.log.warn(
          { path: pathTextFromBytes(file.path), message: error.message },
          'a changed file was not scanned',
        );
        return false;
      }),
  });
  const passed = letThroughs({
    parts,
    objects,
    openers,
    // The scan process shares its workers fairly: it must see whose files wait, not only those of who came first.
    atOnceMax: FOLLOW_UPS_AT_ONCE,
    ofOwnerMax: availableParallelism() + 1,
    order: orderOf,
    deny,
    done: done.add,
  });

  function receive(message: GateMessage, descriptor: number | null): void {
    if (message.type === 'detection') {
      if (message.refused) refused += message.attempts;
      return found.take(message, descriptor);
    }
    if (message.type === 'let-through') return passed.take(message, descriptor);
    if (descriptor !== null) closeSync(descriptor);
    switch (message.type) {
      case 'configured':
        configured = message;
        return update();
      case 'mounts':
        if (configured !== null) configured = { ...configured, ...message, type: 'configured' };
        return update();
      case 'missed':
        teller.gap(message.cause, message.fromMs, message.toMs);
        return void walkMissed(message.fromMs, message.number);
      case 'stats':
        return counts.take(message);
      case 'refused':
        return parts.log.error({ fault: message.fault }, 'the gate did not take its configuration');
      case 'partly':
        return parts.log.info({ path: message.path, answer: message.answer }, 'not everything could be looked at');
      case 'hello':
        return undefined;
    }
  }

  async function walkMissed(fromMs: number, number: number): Promise<void> {
    if (await unseen.since(fromMs)) done.add(number);
  }

  const stands = (): boolean => configured !== null && configured.generation >= planner.standing().watchingFrom;
  const stand = (): RealtimeStand => {
    const { wish, otherListener } = planner.standing();
    return stateOf({
      supervised: supervisorPid !== null,
      wish,
      otherListener,
      hello: link.gate(),
      stands: stands(),
      lostForMs: lostAtMs === null ? null : clock.monotonicMs() - lostAtMs,
    });
  };
  const watching = (): readonly Place[] =>
    isWatching(stand()) && configured !== null ? placesOf(configured.watching, configured.moreWatching) : [];
  const notCovered = (): readonly Place[] => [
    ...(configured === null ? [] : placesOf(configured.notCovered, configured.moreNotCovered)),
    ...uncoveredEntries(planner.current()?.warnings ?? [], planner.entryPath),
  ];
  const teller = stateTeller({ parts, watching, notCovered, lookSince: (fromMs) => unseen.since(fromMs) });
  const update = (): void => teller.update(stand(), stands());

  const tick = async (): Promise<void> => {
    try {
      const next = await planner.next();
      if (next !== null) link.configure(next);
    } catch (error) {
      if (!(error instanceof LazaretError)) throw error;
      parts.log.error({ code: error.code, message: error.message }, 'real-time goes on by what it had');
    }
    update();
  };
  const end = async (): Promise<void> => {
    teller.rest();
    // While the gate can still hear that they are done: the next agent is not told of them again.
    await found.close();
    await done.flush();
    ended.abort();
    await Promise.all([passed.close(), unseen.close()]);
  };

  return {
    stand,
    refresh: () => wake.abort(),
    run: async (signal) => {
      const alive =
        supervisorPid === null ? null : giveSignsOfLife(join(parts.privateDirectory, SIGN_FILE), clock, ended.signal);
      await tick();
      // After it: what an agent before us left undone comes with the first message, and is judged by what is compiled now.
      const linked = supervisorPid === null ? Promise.resolve() : link.run(ended.signal);
      while (!signal.aborted) {
        wake = new AbortController();
        const either = AbortSignal.any([signal, wake.signal]);
        await tick();
        const edgeMs = planner.untilEdgeMs();
        await (edgeMs <= LOOK_MS_MAX ? clock.sleep(Math.max(1, edgeMs), either) : sleepToBeat(clock, TICK_MS, either));
      }
      await end();
      await Promise.all([linked, alive]);
    },
    status: async () => {
      const { state, reason } = stand();
      return { state, reason, watching: watching(), notCovered: notCovered(), stats: await readStats() };
    },
    report: async () => {
      const stats = await counts.read();
      const now = stand();
      const warnings = planner.current()?.warnings ?? [];
      const { entryPath } = planner;
      return reportOf({ stand: now, isWatching: isWatching(now), configured, warnings, entryPath, stats, refused });
    },
  };

  async function readStats(): Promise<RealtimeStats | null> {
    const stats = await counts.read();
    if (stats === null) return null;
    return {
      ...stats,
      followUps: { waiting: passed.waiting(), ended: passed.ended() },
      walked: unseen.looked(),
      excepted: found.excepted() + unseen.excepted(),
    };
  }
}
