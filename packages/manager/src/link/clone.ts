// SPDX-License-Identifier: Apache-2.0
// Two holders of one key (SY-10b). Every start of an agent has an `instance` of its own. An instance that was followed by another one and comes back
// proves that two of them live: the later one is the copy. Another machine (hardware id, machine id) is a copy at its first word. Pure.
import type { Holder } from '@lazaret/contract';

/** What is kept of a VM's holders. */
export interface HolderState extends Holder {
  /** Instances that were followed by another one, the latest last. */
  readonly earlier: readonly string[];
  /** Instances that are copies, with the VM that each has become. */
  readonly clones: Readonly<Record<string, string | null>>;
  /** When the present instance first came, by its own clock: what an earlier one had sent before that, and what was held up, proves nothing. */
  readonly sinceMs?: number;
  /** The same by the manager's clock. Absent: since the VM was activated. */
  readonly heldSinceMs?: number;
  /** The last instance that held the key for long enough to be the VM and not somebody who looks in: it alone may renew. */
  readonly settled?: string;
}

export type HolderDecision =
  /** It is the holder; `next` is to be kept. */
  | {
      readonly kind: 'holder';
      readonly next: HolderState /** By coming back it proves that another one lives. */;
      readonly isBack: boolean;
    }
  /** It is a copy, and is to ask for an identity of its own. */
  | { readonly kind: 'clone'; readonly next: HolderState };

const EARLIER_MAX = 16;
const CLONES_MAX = 256;
/** Three long polls: within them a VM that lives has come back. */
export const SETTLED_MS = 3 * 60_000;
/** What an earlier instance had sent is held up by no more than this. */
const HELD_UP_MS = 60_000;

/** `saidAtMs` by the caller's clock, which it may set as it likes: none is believed that is ahead of `nowMs`, ours. */
export function decideHolder(before: HolderState, caller: Holder, saidAtMs: number, nowMs: number): HolderDecision {
  const known = settle(before, nowMs);
  const said = Math.min(saidAtMs, nowMs);
  const { instance } = caller;
  if (instance in known.clones) return { kind: 'clone', next: known };
  if (instance === known.instance) return { kind: 'holder', next: { ...known, ...caller }, isBack: false };
  if (instance === known.settled || known.earlier.includes(instance)) {
    const isLate = said <= (known.sinceMs ?? 0) && nowMs - (known.heldSinceMs ?? 0) < HELD_UP_MS;
    return { kind: 'holder', next: isLate ? known : giveBack(known, caller, said, nowMs), isBack: !isLate };
  }
  if (isOtherMachine(known, caller)) return { kind: 'clone', next: withClone(known, instance) };
  if (isRestlessly(known)) return { kind: 'holder', next: known, isBack: false };
  const earlier = [...known.earlier, known.instance].slice(-EARLIER_MAX);
  return { kind: 'holder', next: { ...known, ...caller, earlier, sinceMs: said, heldSinceMs: nowMs }, isBack: false };
}

/**
 * More starts than are remembered, and none that stayed: a further one would push out the one that comes back. It waits, as whoever is not let in; when
 * the present one has been here for a while, the next may take its place.
 */
function isRestlessly({ earlier, instance, settled }: HolderState): boolean {
  if (settled === instance) return false;
  return earlier.length - 1 - earlier.indexOf(settled ?? '') >= EARLIER_MAX - 1;
}

/** A certificate that was superseded is shown by copies alone – or by the holder, in a request that was under way. */
export function decideSuperseded(known: HolderState, caller: Holder): HolderDecision | null {
  if (caller.instance === known.instance) return null;
  const isKnown = caller.instance in known.clones;
  return { kind: 'clone', next: isKnown ? known : withClone(known, caller.instance) };
}

/** Whether an instance has held the key for long enough – or came back, which proves more. Who has just taken its place changes nothing about that. */
export function isSettled(state: HolderState, instance: string, nowMs: number): boolean {
  return settle(state, nowMs).settled === instance;
}

/** Whether an instance is let in. Once a copy was seen, who has just come may be that copy: it waits. */
export function isLetIn(state: HolderState, instance: string, isCopied: boolean, nowMs: number): boolean {
  return isSettled(state, instance, nowMs) || (!isCopied && state.instance === instance);
}

function settle(state: HolderState, nowMs: number): HolderState {
  const isLongHeld = state.heldSinceMs === undefined || nowMs - state.heldSinceMs >= SETTLED_MS;
  return isLongHeld ? { ...state, settled: state.instance } : state;
}

/** The one that was here before goes on; it lived all the time, so whoever took its place meanwhile – the last one, and all before that – is a copy. */
function giveBack(known: HolderState, caller: Holder, sinceMs: number, heldSinceMs: number): HolderState {
  const at = known.earlier.indexOf(caller.instance);
  const earlier = known.earlier.slice(0, Math.max(0, at));
  const copies = [...known.earlier.slice(at + 1), known.instance];
  const back: HolderState = { ...known, ...caller, earlier, sinceMs, heldSinceMs, settled: caller.instance };
  return copies.reduce(withClone, back);
}

function withClone(state: HolderState, instance: string): HolderState {
  const clones = Object.entries({ ...state.clones, [instance]: null }).slice(-CLONES_MAX);
  return { ...state, clones: Object.fromEntries(clones) };
}

/** Both ids must be known on both sides to tell machines apart; a machine that does not tell them is found when it comes alternately. */
function isOtherMachine(known: Holder, caller: Holder): boolean {
  const differs = (left: string | null, right: string | null): boolean =>
    left !== null && right !== null && left !== right;
  return differs(known.hardwareId, caller.hardwareId) || differs(known.machineId, caller.machineId);
}
