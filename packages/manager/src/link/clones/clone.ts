// SPDX-License-Identifier: Apache-2.0
// Detects two holders of one key (SY-10b). Every start of an agent has an `instance` of its own. If an instance returns after another one has followed it, two
// agents are running; the later one is the copy. Another machine (hardware id, machine id) is a copy at its first message. Pure.
import type { Holder, ShownMark } from '@lazaret/contract';
import { fits, judgeMark, type MarkState, moveMark } from './mark.ts';

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
  /** When the instance that was settled last was followed by another one: what was ordered since then may have gone to a copy. */
  readonly followedAtMs?: number;
  /** How long the present instance may be a copy of one that lives, counted from `heldSinceMs`. Absent: not at all. */
  readonly doubtMs?: number;
  /** The instance that said that it stops, or that has only activated: nobody need wait for it. */
  readonly gone?: string | null;
  readonly mark?: MarkState;
  /** Where an old state took over from a newer one: the newer one's mark, and who showed it. Who goes on from there within a day is the VM. */
  readonly displaced?: { readonly mark: MarkState; readonly instance: string; readonly atMs?: number };
  /** When the present instance was last taken to be late, the first time in a row, by the manager's clock. */
  readonly lateSinceMs?: number;
}

export interface Call {
  readonly caller: Holder;
  /** Null: a report in between. */
  readonly mark: ShownMark | null;
  /** By the caller's clock, which it may set as it likes: none is believed that is ahead of `nowMs`, ours. */
  readonly saidAtMs: number;
  readonly nowMs: number;
  /** When the VM was last heard of. */
  readonly seenAtMs: number;
}

export type HolderDecision =
  /** It is the holder; `next` is to be kept. */
  | {
      readonly kind: 'holder';
      readonly next: HolderState;
      /** By coming back it proves that another one lives. */
      readonly isBack: boolean;
      /** Who was here before may live: it is to be called. */
      readonly isInDoubt: boolean;
      /** Over 0: it proves nothing as yet, and is to be answered in so long, to call again. */
      readonly callAgainMs: number;
    }
  /** What it says was overtaken by what it has said since. */
  | { readonly kind: 'late'; readonly next: HolderState }
  /** Two call as this instance, or its state went back in time while it ran. */
  | { readonly kind: 'double'; readonly next: HolderState }
  /** It is a copy, and is to ask for an identity of its own. */
  | { readonly kind: 'clone'; readonly next: HolderState };

const EARLIER_MAX = 16;
const CLONES_MAX = 256;
/** Three long polls: within them a VM that lives has come back. */
export const SETTLED_MS = 3 * 60_000;
/** Whose poll is open calls again at once when it is called; the rest is for a machine that is slow. */
export const DOUBT_MS = 10_000;
/** What an instance had sent is held up by no more than this. */
const HELD_UP_MS = 60_000;
/** Who is late for longer than a minute is not, until so much later. */
const LATE_AGAIN_MS = 10 * HELD_UP_MS;
/** A VM that runs beside who took its place has come back by then; who comes with its state later is one in doubt. */
const DISPLACED_MS = 86_400_000;

export function decideHolder(before: HolderState, claimed: Call): HolderDecision {
  const call = { ...claimed, saidAtMs: Math.min(claimed.saidAtMs, claimed.nowMs) };
  const { caller, mark, nowMs } = call;
  const known = forget(settle(before, nowMs), nowMs);
  const { instance } = caller;
  if (Object.hasOwn(known.clones, instance)) return { kind: 'clone', next: known };
  if (instance === known.instance) return decideSame(known, call);
  if (instance === known.settled || known.earlier.includes(instance)) return decideEarlier(known, call);
  if (isOtherMachine(known, caller)) return { kind: 'clone', next: withClone(known, instance) };
  const { displaced } = known;
  if (displaced !== undefined && fits(displaced.mark.now, mark))
    return { ...holds(giveBack(known, displaced.instance, call)), isBack: true };
  if (isRestlessly(known)) return holds(known);
  const next = follow(known, call);
  return { ...holds(next), isInDoubt: next.doubtMs !== 0 };
}

function holds(next: HolderState): HolderDecision & { readonly kind: 'holder' } {
  return { kind: 'holder', next, isBack: false, isInDoubt: false, callAgainMs: 0 };
}

/**
 * It comes back, and so proves that it lives – unless it may have said this before another one took its place. Its clock may also be behind: the doubt
 * about the other one then lasts until it must have called with a later time.
 */
function decideEarlier(known: HolderState, call: Call): HolderDecision {
  const { caller, saidAtMs, nowMs } = call;
  const { sinceMs = 0, heldSinceMs = 0 } = known;
  const callAgainMs = Math.min(sinceMs - saidAtMs + 1, heldSinceMs + HELD_UP_MS - nowMs);
  if (callAgainMs <= 0) return { ...holds(giveBack(known, caller.instance, call)), isBack: true };
  if (doubtLeftMs(known, known.instance, nowMs) === 0) return holds(known);
  const doubtMs = Math.max(known.doubtMs ?? 0, HELD_UP_MS + DOUBT_MS);
  return { ...holds({ ...known, doubtMs }), callAgainMs };
}

/** Between two polls it shows no mark, and is believed to be the one that it says. */
function decideSame(known: HolderState, { caller, mark, saidAtMs, nowMs }: Call): HolderDecision {
  const verdict = judgeMark(known.mark, mark);
  const isOld = mark !== null && (verdict === 'behind' || verdict === 'none');
  if (!isOld) return holds({ ...known, ...caller, gone: null, ...moveMark(mark, saidAtMs) });
  if (saidAtMs > (known.mark?.saidAtMs ?? 0)) return { kind: 'double', next: known };
  // A VM whose clock is behind says the past for ever while another one moves the mark on: it is late for a minute, and then one of two.
  const lateSinceMs = known.lateSinceMs ?? -Infinity;
  const lateMs = nowMs - lateSinceMs;
  if (lateMs >= HELD_UP_MS && lateMs < LATE_AGAIN_MS) return { kind: 'double', next: known };
  return { kind: 'late', next: { ...known, lateSinceMs: lateMs < HELD_UP_MS ? lateSinceMs : nowMs } };
}

/** A new instance takes the place of the present one. */
function follow(known: HolderState, { caller, mark, saidAtMs, nowMs, seenAtMs }: Call): HolderState {
  const verdict = judgeMark(known.mark, mark);
  const isAlone = known.gone === known.instance || nowMs - seenAtMs >= SETTLED_MS;
  const { mark: former, ...rest } = known;
  const displaced =
    verdict === 'fits' || former === undefined
      ? {}
      : { displaced: { mark: former, instance: known.instance, atMs: nowMs } };
  return {
    // An agent that has no marks, as an older one, is asked for none from here on.
    ...rest,
    ...caller,
    ...displaced,
    ...moveMark(mark, saidAtMs),
    earlier: [...known.earlier, known.instance].slice(-EARLIER_MAX),
    sinceMs: saidAtMs,
    heldSinceMs: nowMs,
    followedAtMs: known.settled === known.instance ? nowMs : (known.followedAtMs ?? nowMs),
    doubtMs: verdict === 'fits' ? (isAlone ? 0 : DOUBT_MS) : SETTLED_MS,
  };
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

/** Whether it may be given what the VM would lose if it is a copy. */
export function isEntrusted(state: HolderState, instance: string, isCopied: boolean, nowMs: number): boolean {
  return isLetIn(state, instance, isCopied, nowMs) && doubtLeftMs(state, instance, nowMs) === 0;
}

export function doubtLeftMs(state: HolderState, instance: string, nowMs: number): number {
  if (isSettled(state, instance, nowMs)) return 0;
  return Math.max(0, (state.heldSinceMs ?? 0) + (state.doubtMs ?? 0) - nowMs);
}

/** The state that was pushed aside: whoever has a copy of it must not be believed for ever. */
function forget(state: HolderState, nowMs: number): HolderState {
  const { displaced, ...rest } = state;
  if (displaced === undefined) return state;
  return nowMs - (displaced.atMs ?? state.heldSinceMs ?? 0) < DISPLACED_MS ? state : rest;
}

function settle(state: HolderState, nowMs: number): HolderState {
  const isLongHeld = state.heldSinceMs === undefined || nowMs - state.heldSinceMs >= SETTLED_MS;
  return isLongHeld ? { ...state, settled: state.instance } : state;
}

/**
 * The one that was here as `former` goes on; it lived all the time, so whoever took its place meanwhile – the last one, and all before that – is a copy.
 */
function giveBack(known: HolderState, former: string, { caller, mark, saidAtMs, nowMs }: Call): HolderState {
  const { displaced: _, ...kept } = known;
  const at = known.earlier.indexOf(former);
  const back: HolderState = {
    ...kept,
    ...caller,
    ...moveMark(mark, saidAtMs),
    earlier: known.earlier.slice(0, Math.max(0, at)),
    sinceMs: saidAtMs,
    heldSinceMs: nowMs,
    doubtMs: 0,
    settled: caller.instance,
  };
  return [...known.earlier.slice(at + 1), known.instance].reduce(withClone, back);
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
