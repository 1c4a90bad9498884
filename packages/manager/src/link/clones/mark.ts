// SPDX-License-Identifier: Apache-2.0
// The chain of marks that shows whether a state was copied or went back in time (SY-10b, SY-10c). An agent draws the next mark, stores it, and sends with each
// poll from which mark to which it goes; the manager keeps the last one. Of two copies of one state, the first that polls moves the mark on, and the mark of
// the other no longer fits. A lost answer changes nothing, because both ends of the step are accepted. Pure.
import type { Mark, ShownMark } from '@lazaret/contract';

export interface MarkState {
  readonly now: Mark;
  /** By the clock of the agent, in the request that made it. */
  readonly saidAtMs: number;
}

/**
 * `fits`: it goes on from where this state stood last – or nobody has shown a mark yet. `ahead`: the manager's database went back in time, or somebody
 * makes it up. `behind`: the state is old, or another one has gone on from it. `none`: this VM has shown marks, and now there is none.
 */
export type MarkVerdict = 'fits' | 'ahead' | 'behind' | 'none';

export function judgeMark(known: MarkState | undefined, shown: ShownMark | null): MarkVerdict {
  if (known === undefined || fits(known.now, shown)) return 'fits';
  if (shown === null || shown.from === null) return 'none';
  return shown.from.count > known.now.count ? 'ahead' : 'behind';
}

export function fits(mark: Mark, shown: ShownMark | null): boolean {
  return shown !== null && [shown.from, shown.to].some((one) => one?.count === mark.count && one.lot === mark.lot);
}

/** From the call on that was accepted. */
export function moveMark(shown: ShownMark | null, saidAtMs: number): { readonly mark?: MarkState } {
  return shown === null ? {} : { mark: { now: shown.to, saidAtMs } };
}
