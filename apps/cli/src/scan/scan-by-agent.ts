// SPDX-License-Identifier: Apache-2.0
// A scan that a running agent carries out: its rows come back over the control socket.
import { exitCodeOf, type ControlClient } from '@lazaret/agent';
import { scanRowSchema, summaryRowSchema } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { z } from 'zod';
import type { ScanOrder } from './scan-here.ts';

const countsSchema = z.object({ files: z.number(), bytes: z.number() });
const progressSchema = z.object({
  totals: summaryRowSchema.omit({ type: true, patternRelease: true, elapsedMs: true, state: true }),
  path: z.string(),
  estimate: countsSchema.nullable().default(null),
});
const eventSchema = z.union([
  z.object({ row: scanRowSchema }),
  z.object({ note: z.string() }),
  z.object({ progress: progressSchema }),
]);

export async function scanByAgent(
  agent: ControlClient,
  { request, resume, allowEmpty, printer, signal }: ScanOrder,
): Promise<number> {
  const onEvent = async (event: unknown): Promise<void> => {
    const told = eventSchema.parse(event);
    if ('row' in told) await printer.row(told.row);
    else if ('note' in told) printer.note(told.note);
    else printer.progress(told.progress);
  };
  // The agent cancels what its client asked for when the client goes.
  const stop = (): void => agent.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const summary = summaryRowSchema.parse(await agent.call('scan.start', { request, resume }, onEvent));
    await printer.row(summary);
    return exitCodeOf(summary, summary.state, allowEmpty);
  } catch (error) {
    // Not the agent has gone, but we have.
    if (!signal.aborted) throw error;
    throw new LazaretError('scan.cancelled', 'The scan was cancelled.');
  } finally {
    signal.removeEventListener('abort', stop);
    agent.close();
  }
}
