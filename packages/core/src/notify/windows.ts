// SPDX-License-Identifier: Apache-2.0
// Who is told when (AC-11c): the first detection of a threat in a file of a VM at once, its repeats as one summary an hour. That a detection is
// one to tell of at all was decided where the action was planned (action-plan.ts); the log has every one.

export const SUMMARY_AFTER_MS = 3_600_000;

/** The open hour of one VM, file and threat. Times in ms since 1970, by the manager's clock. */
export interface NotifyWindow {
  readonly openedMs: number;
  /** Detections since, none of which was told by itself. */
  readonly repeats: number;
  readonly lastRepeatMs: number | null;
}

/** `tell`: at once, by itself. `count`: it will stand in the summary. */
export interface NotifyDecision {
  readonly kind: 'tell' | 'count';
  readonly window: NotifyWindow;
}

/** A detection that a person is to be told of meets the hour that is open for it, or none. */
export function decideNotify(open: NotifyWindow | null, nowMs: number): NotifyDecision {
  if (open === null || (isOver(open, nowMs) && open.repeats === 0)) {
    return { kind: 'tell', window: { openedMs: nowMs, repeats: 0, lastRepeatMs: null } };
  }
  // Also behind the hour's end while its summary is not written yet: that one will count it.
  return { kind: 'count', window: { ...open, repeats: open.repeats + 1, lastRepeatMs: nowMs } };
}

/** `summary`: tell of so many repeats, and go on counting for another hour. `close`: nothing came, the next one is a first again. */
export type WindowEnd =
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'close' }
  | { readonly kind: 'summary'; readonly repeats: number; readonly window: NotifyWindow };

export function decideWindowEnd(window: NotifyWindow, nowMs: number): WindowEnd {
  if (!isOver(window, nowMs)) return { kind: 'wait', untilMs: window.openedMs + SUMMARY_AFTER_MS };
  if (window.repeats === 0) return { kind: 'close' };
  return {
    kind: 'summary',
    repeats: window.repeats,
    window: { openedMs: nowMs, repeats: 0, lastRepeatMs: null },
  };
}

function isOver(window: NotifyWindow, nowMs: number): boolean {
  // A clock that was put back must not keep the window open for ever: it counts as over, and a new one begins by the new clock.
  return nowMs - window.openedMs >= SUMMARY_AFTER_MS || nowMs < window.openedMs - SUMMARY_AFTER_MS;
}
