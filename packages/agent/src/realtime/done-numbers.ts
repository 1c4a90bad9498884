// SPDX-License-Identifier: Apache-2.0
// Tells the gate what it need not keep any more, many numbers in one packet. One that no gate took is told again by the next gate, and answered again.
import { GATE_DONE_MAX, type GateOrder } from '@lazaret/contract';

export function doneNumbers(send: (order: GateOrder) => Promise<boolean>): (number: number) => void {
  let waiting: number[] = [];
  const flush = (): void => {
    const numbers = waiting;
    waiting = [];
    for (let at = 0; at < numbers.length; at += GATE_DONE_MAX)
      void send({ type: 'done', numbers: numbers.slice(at, at + GATE_DONE_MAX) });
  };
  return (number) => {
    if (waiting.push(number) === 1) setImmediate(flush);
  };
}
