// SPDX-License-Identifier: Apache-2.0
// Pause, resume and cancel for one run. The run checks before each new file; files that are being scanned are finished.

export interface RunControl {
  readonly signal: AbortSignal;
  readonly paused: boolean;
  pause(): void;
  resume(): void;
  cancel(reason: CancelReason): void;
  readonly cancelled: CancelReason | null;
  /** Resolves at once, or when the run is resumed or cancelled. */
  untilRunning(): Promise<void>;
}

/** `cancelled` by a person; `incomplete` by the longest run time; `interrupted` by the end of the program (it is taken up again). */
export type CancelReason = 'cancelled' | 'incomplete' | 'interrupted';

export function runControl(): RunControl {
  const abort = new AbortController();
  let gate: PromiseWithResolvers<void> | null = null;
  let cancelled: CancelReason | null = null;
  const open = (): void => {
    gate?.resolve();
    gate = null;
  };
  return {
    signal: abort.signal,
    get paused() {
      return gate !== null;
    },
    get cancelled() {
      return cancelled;
    },
    pause: () => {
      if (cancelled === null) gate ??= Promise.withResolvers();
    },
    resume: open,
    cancel: (reason) => {
      cancelled ??= reason;
      abort.abort();
      open();
    },
    untilRunning: async () => {
      await gate?.promise;
    },
  };
}
