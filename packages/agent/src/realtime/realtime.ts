// SPDX-License-Identifier: Apache-2.0
// The agent's side of real-time scanning. It gives the gate the rules to decide by, turns the gate's messages into actions and events, scans the files that
// were let through, and scans what changed in a gap. The gate answers every open without the agent. This file owns the link and its queues; the work itself is
// done in the files that it wires together.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { GateMessage } from '@lazaret/contract';
import { LazaretError, nameOf, pathTextFromBytes } from '@lazaret/core';
import { sleepToBeat } from '@lazaret/platform';
import { detections, type Detections } from './detections/detections.ts';
import { doneNumbers, type DoneNumbers } from '@lazaret/host';
import type { GateCounts, GateLink, OpenFile } from '@lazaret/host/ports';
import { gateStanding, type GateStanding } from './state/gate-standing.ts';
import { letThroughs, type LetThroughs } from './let-through/let-throughs.ts';
import { lookAtChanged } from './let-through/look-at-changed.ts';
import { objectsAtWork } from './detections/objects-at-work.ts';
import { gatePlanner, type GatePlanner } from './planner.ts';
import { reportOf } from './state/report.ts';
import type { ScanOrder } from './scan-descriptor.ts';
import { giveSignsOfLife, SIGN_FILE } from './state/sign-of-life.ts';
import { isWatching, stateTeller, type StateTeller } from './state/state-teller.ts';
import type { Realtime, RealtimeParts, RealtimeStats } from './types.ts';
import { gapWalks, type GapWalks } from './let-through/gap-walks.ts';

const TICK_MS = 2_000;
/** The longest from one look to the next (see `sleepToBeat`): an edge that comes within it is slept to, and not past. */
const LOOK_MS_MAX = 1.25 * TICK_MS;
const FOLLOW_UPS_AT_ONCE = 32;

/** Everything that works as long as real-time runs. */
interface Works {
  readonly parts: RealtimeParts;
  readonly planner: GatePlanner;
  readonly link: GateLink;
  readonly standing: GateStanding;
  readonly counts: GateCounts;
  readonly done: DoneNumbers;
  readonly found: Detections;
  readonly letThrough: LetThroughs;
  readonly gaps: GapWalks;
  readonly teller: StateTeller;
  /** Opens that the connected gate refused. */
  readonly refused: { count: number };
  /** Ends what is under way. */
  readonly ended: AbortController;
}

export function openRealtime(parts: RealtimeParts): Realtime {
  const works = assemble(parts);
  const { standing } = works;
  let wake = new AbortController();
  return {
    stand: () => standing.stand(),
    refresh: () => wake.abort(),
    run: (signal) =>
      run(works, signal, () => {
        wake = new AbortController();
        return wake.signal;
      }),
    status: async () => {
      const { state, reason } = standing.stand();
      const [watching, notCovered] = [standing.watching(), standing.notCovered()];
      return { state, reason, watching, notCovered, stats: await readStats(works) };
    },
    report: () => report(works),
  };
}

function assemble(parts: RealtimeParts): Works {
  const { host, clock, supervisorPid } = parts;
  const objects = objectsAtWork(host.realtime, () => clock.monotonicMs());
  const openers = host.processes.openerFacts(clock);
  const planner = gatePlanner(parts);
  const ended = new AbortController();
  const refused = { count: 0 };
  const link: GateLink = host.realtime.link({
    socketPath: parts.gateSocket,
    privateDirectory: parts.privateDirectory,
    clock,
    onConnected: ({ pid, mode, reason }) => {
      standing.connected();
      refused.count = 0;
      parts.log.info({ gatePid: pid, mode, reason }, 'the gate is connected');
    },
    onLost: () => {
      standing.lost();
      parts.log.warn({}, 'the connection to the gate has ended');
    },
    onFault: (why) => parts.log.error({ why }, 'the gate sent an invalid message'),
    onMessage: (message, file) => receive(message, file, works),
  });
  const standing = gateStanding({ clock, supervised: supervisorPid !== null, planner, hello: () => link.gate() });
  const done = doneNumbers((order) => link.send(order));
  const deny = (file: OpenFile): Promise<boolean> => link.send({ type: 'deny' }, file);
  const order = scanOrders(planner, ended.signal);
  const scope = (): ScanOrder['scope'] | null => planner.current()?.scope ?? null;
  const setReading = (reading: boolean): void => link.setReading(reading);
  const look = { parts, objects, order, deny };
  const gaps = gapWalks({ parts, signal: ended.signal, scope, look: (file) => lookAtChanged(file, look) });
  const teller = stateTeller({
    parts,
    watching: () => standing.watching(),
    notCovered: () => standing.notCovered(),
    lookSince: (fromMs) => gaps.since(fromMs),
  });
  const works: Works = {
    parts,
    planner,
    link,
    standing,
    counts: host.realtime.counts(link, clock),
    done,
    found: detections({ parts, objects, openers, scope, deny, done: done.add, setReading }),
    letThrough: letThroughs({
      parts,
      objects,
      openers,
      // The scan process shares its workers fairly: it must see whose files wait, not only those of who came first.
      atOnceMax: FOLLOW_UPS_AT_ONCE,
      ofOwnerMax: availableParallelism() + 1,
      order,
      deny,
      done: done.add,
    }),
    gaps,
    teller,
    refused,
    ended,
  };
  return works;
}

/** A path that a container may have chosen decides by no rule of place. */
function scanOrders(planner: GatePlanner, signal: AbortSignal) {
  return (path: Buffer, believed: boolean): ScanOrder | null => {
    const plan = planner.current();
    if (plan === null) return null;
    const text = pathTextFromBytes(path);
    const { nameListed } = plan.scope.targets.forName(nameOf(text));
    return { path: believed ? text : '', profile: plan.profile, scope: plan.scope, nameListed, signal };
  };
}

/** One message of the gate; its file is handed on or closed. */
function receive(message: GateMessage, file: OpenFile | null, works: Works): void {
  const { parts, standing, counts, done, found, letThrough, gaps, teller, refused } = works;
  if (message.type === 'detection') {
    if (message.refused) refused.count += message.attempts;
    return found.take(message, file);
  }
  if (message.type === 'let-through') return letThrough.take(message, file);
  file?.close();
  switch (message.type) {
    case 'configured':
    case 'mounts':
      standing.take(message);
      return update(works);
    case 'missed':
      teller.gap(message.cause, message.fromMs, message.toMs);
      return void gaps.since(message.fromMs).then((seen) => seen && done.add(message.number));
    case 'stats':
      return counts.take(message);
    case 'refused':
      return parts.log.error({ fault: message.fault }, 'the gate did not accept its configuration');
    case 'partly':
      return parts.log.info({ path: message.path, answer: message.answer }, 'a file could not be scanned completely');
    case 'hello':
      return undefined;
  }
}

function update({ teller, standing }: Works): void {
  teller.update(standing.stand(), standing.stands());
}

/** `waking`: a new signal for each wait, that `refresh` aborts. */
async function run(works: Works, signal: AbortSignal, waking: () => AbortSignal): Promise<void> {
  const { parts, planner, link, ended } = works;
  const { clock, supervisorPid } = parts;
  const alive =
    supervisorPid === null ? null : giveSignsOfLife(join(parts.privateDirectory, SIGN_FILE), clock, ended.signal);
  await tick(works);
  // After it: what an agent before us left undone comes with the first message, and is judged by what is compiled now.
  const linked = supervisorPid === null ? Promise.resolve() : link.run(ended.signal);
  while (!signal.aborted) {
    const either = AbortSignal.any([signal, waking()]);
    await tick(works);
    const edgeMs = planner.untilEdgeMs();
    await (edgeMs <= LOOK_MS_MAX ? clock.sleep(Math.max(1, edgeMs), either) : sleepToBeat(clock, TICK_MS, either));
  }
  await end(works);
  await Promise.all([linked, alive]);
}

async function tick(works: Works): Promise<void> {
  const { parts, planner, link } = works;
  try {
    const next = await planner.next();
    if (next !== null) link.configure(next);
  } catch (error) {
    if (!(error instanceof LazaretError)) throw error;
    parts.log.error({ code: error.code, message: error.message }, 'real-time scan continues with its previous rules');
  }
  update(works);
}

async function end({ teller, found, letThrough, gaps, done, ended }: Works): Promise<void> {
  teller.rest();
  // While the gate can still hear that they are done: the next agent is not told of them again.
  await found.close();
  await done.flush();
  ended.abort();
  await Promise.all([letThrough.close(), gaps.close()]);
}

async function readStats({ counts, letThrough, gaps, found }: Works): Promise<RealtimeStats | null> {
  const stats = await counts.read();
  if (stats === null) return null;
  return {
    ...stats,
    followUps: { waiting: letThrough.waiting(), ended: letThrough.ended() },
    walked: gaps.looked(),
    excepted: found.excepted() + gaps.excepted(),
  };
}

async function report({ planner, standing, counts, refused }: Works): ReturnType<Realtime['report']> {
  const stats = await counts.read();
  const stand = standing.stand();
  return reportOf({
    stand,
    isWatching: isWatching(stand),
    configured: standing.configured(),
    warnings: planner.current()?.warnings ?? [],
    entryPath: planner.entryPath,
    stats,
    refused: refused.count,
  });
}
