// SPDX-License-Identifier: Apache-2.0
// Forms: a submit that neither an input method's Enter nor a second click can send twice, and its failure.
import { type FormEvent, useRef, useState } from 'react';

export interface Submit {
  readonly onSubmit: (event: FormEvent) => void;
  readonly busy: boolean;
  readonly error: Error | null;
}

export function useSubmit(work: () => Promise<unknown>): Submit {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const running = useRef(false);
  const run = async (): Promise<void> => {
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
    onSubmit: (event) => {
      event.preventDefault();
      if (!running.current) void run();
    },
  };
}
