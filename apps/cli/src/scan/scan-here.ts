// SPDX-License-Identifier: Apache-2.0
// A scan in the foreground, without an agent: the same parts, under the same lock, with the same state.
import { exitCodeOf, openAgent, requestKeyOf, scanService, type RunProgress, type ScanRequest } from '@lazaret/agent';
import { LazaretError } from '@lazaret/core';
import { systemClock, type ProductPaths } from '@lazaret/platform';
import { EXIT } from '../output.ts';
import { policyInForce } from '../with-agent.ts';
import type { ScanPrinter } from './scan-printer.ts';

export interface ScanOrder {
  readonly request: ScanRequest;
  readonly resume: boolean;
  /** A scan that met no file is none that failed. */
  readonly allowEmpty: boolean;
  readonly printer: ScanPrinter;
  readonly signal: AbortSignal;
}

/** The caller holds the lock. */
export async function scanHere(paths: ProductPaths, order: ScanOrder): Promise<number> {
  const { request, resume, allowEmpty, printer, signal } = order;
  const inForce = policyInForce(paths);
  const agent = await openAgent({
    paths,
    clock: systemClock,
    inForce: () => inForce,
    withEngine: request.patterns === null,
    onProblem: (error) => printer.note(`${error.message} (${error.code})`),
    onRecovery: ({ kind, path }) => printer.note(`${path.toString()}: recovery of an interrupted action: ${kind}`),
  });
  try {
    const service = scanService(agent);
    const listener = {
      row: ({ row }: { row: Parameters<ScanPrinter['row']>[0] }) => printer.row(row),
      progress: (progress: RunProgress) => printer.progress(progress),
      wantsEstimate: printer.wantsEstimate,
      warning: ({ code, message }: { code: string; message: string }) => printer.note(`${message} (${code})`),
    };
    const cutOff = resume ? agent.runs.findCutOff(requestKeyOf(request)) : undefined;
    if (resume && cutOff === undefined)
      throw new LazaretError('scan.nothing_to_resume', 'There is no interrupted scan of this command.');
    const outcome =
      cutOff === undefined
        ? await service.start(request, listener, signal)
        : await service.resume(cutOff, listener, signal);
    if (outcome.kind === 'skipped') return EXIT.error;
    await printer.row(outcome.summary);
    return exitCodeOf(outcome.summary, outcome.summary.state, allowEmpty);
  } finally {
    await agent.close();
  }
}
