// SPDX-License-Identifier: Apache-2.0
// Tells the gate what it need not keep any more, many numbers in one packet. One that no gate took is told again by the next gate, and answered again.
import { GATE_DONE_MAX, type GateOrder } from '@lazaret/contract';

export interface DoneNumbers {
  readonly add: (number: number) => void;
  /** Sends what waits. Resolves when all that was added is sent, or no gate took it. */
  readonly flush: () => Promise<void>;
}

/** `send` answers false where no gate took it, and never rejects. */
export function doneNumbers(send: (order: GateOrder) => Promise<boolean>): DoneNumbers {
  let waiting: number[] = [];
  let last: Promise<void> = Promise.resolve();
  const sendWaiting = async (): Promise<void> => {
    const numbers = waiting;
    waiting = [];
    for (let at = 0; at < numbers.length; at += GATE_DONE_MAX)
      await send({ type: 'done', numbers: numbers.slice(at, at + GATE_DONE_MAX) });
  };
  const flush = (): Promise<void> => (last = last.then(sendWaiting));
  return {
    add: (number) => {
      if (waiting.push(number) === 1) setImmediate(() => void flush());
    },
    flush,
  };
}
