// SPDX-License-Identifier: Apache-2.0
// Work that a button or a form starts: whether it runs, how it failed, and that neither an input method's Enter nor a second click starts it twice.
import { type FormEvent, useRef, useState } from 'react';

export interface Work {
  readonly run: () => void;
  readonly busy: boolean;
  readonly error: Error | null;
}

export function useWork(work: () => Promise<unknown>): Work {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const running = useRef(false);
  const runOnce = async (): Promise<void> => {
    running.current = true;
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return {
    busy,
    error,
    run: () => {
      if (!running.current) void runOnce();
    },
  };
}

export interface Submit extends Omit<Work, 'run'> {
  readonly onSubmit: (event: FormEvent) => void;
}

export function useSubmit(work: () => Promise<unknown>): Submit {
  const { run, busy, error } = useWork(work);
  return {
    busy,
    error,
    onSubmit: (event) => {
      event.preventDefault();
      run();
    },
  };
}
