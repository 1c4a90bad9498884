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
}

export type HolderDecision =
  /** It is the holder; `next` is to be kept. */
  | { readonly kind: 'holder'; readonly next: HolderState }
  /** It is a copy, and is to ask for an identity of its own. */
  | { readonly kind: 'clone'; readonly next: HolderState };

const EARLIER_MAX = 16;
const CLONES_MAX = 256;

export function decideHolder(known: HolderState, caller: Holder, saidAtMs: number): HolderDecision {
  if (caller.instance in known.clones) return { kind: 'clone', next: known };
  if (caller.instance === known.instance) return { kind: 'holder', next: { ...known, ...caller } };
  if (known.earlier.includes(caller.instance)) {
    const isLate = saidAtMs <= (known.sinceMs ?? 0);
    return { kind: 'holder', next: isLate ? known : giveBack(known, caller, saidAtMs) };
  }
  if (isOtherMachine(known, caller)) return { kind: 'clone', next: withClone(known, caller.instance) };
  const earlier = [...known.earlier, known.instance].slice(-EARLIER_MAX);
  return { kind: 'holder', next: { ...known, ...caller, earlier, sinceMs: saidAtMs } };
}

/** The one that was here before goes on; who took its place meanwhile is the copy. */
function giveBack(known: HolderState, caller: Holder, saidAtMs: number): HolderState {
  const earlier = known.earlier.filter((instance) => instance !== caller.instance);
  return withClone({ ...known, ...caller, earlier, sinceMs: saidAtMs }, known.instance);
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
