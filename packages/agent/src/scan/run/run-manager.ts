// SPDX-License-Identifier: Apache-2.0
// The runs of one VM: never two at once (SC-8). Core decides what happens if a run is requested during another (decideStart). This file does it: start, skip
// and record, pause the scheduled run, or wait. It owns the controls of its runs.
import { randomBytes } from 'node:crypto';
import { uuidV7, type SummaryRow } from '@lazaret/contract';
import { decideStart, LazaretError } from '@lazaret/core';
import type { Clock } from '@lazaret/platform';
import type { RunRecord, RunStore } from '../../state/index.ts';
import { executeRun, type RunParts } from './execute-run.ts';
import { scanRequestSchema, type ScanRequest } from './request.ts';
import { runControl, type CancelReason, type RunControl } from './run-control.ts';
import { shareDone, timeLeftMs, type Estimate } from './estimate.ts';
import { standOf, type RunProgress, type RunSink } from './run-scan.ts';
import { NO_TOTALS } from './totals.ts';

export interface RunView {
  readonly id: string;
  readonly origin: ScanRequest['origin'];
  readonly state: 'running' | 'paused';
  readonly startedMs: number;
  readonly progress: RunProgress | null;
  readonly estimate: Estimate | null;
  /** Percent, rounded down; null until it is known how much there is. */
  readonly percent: number | null;
  readonly timeLeftMs: number | null;
}

export interface RunEvents {
  started(run: { readonly id: string; readonly request: ScanRequest; readonly resumed: boolean }): void;
  skipped(request: ScanRequest): void;
  ended(id: string, request: ScanRequest, summary: SummaryRow): void;
}

/** What a caller gets besides the rows: the run's id at its start, and warnings. */
export interface RunListener extends RunSink {
  started?(id: string): void;
  /** The run's id, where somebody else gave it one (a command of the manager). */
  readonly id?: string;
  /** Whether somebody looks at the progress: then it is counted how much there is. */
  readonly wantsEstimate?: boolean;
  warning?(warning: { readonly code: string; readonly message: string }): void;
}

export type StartOutcome =
  | { readonly kind: 'ended'; readonly id: string; readonly summary: SummaryRow }
  | { readonly kind: 'skipped' };

export interface RunManager {
  /** Runs a request to its end. Rejects with a code when it cannot be begun. */
  start(request: ScanRequest, listener: RunListener, signal?: AbortSignal): Promise<StartOutcome>;
  /** Takes a cut-off run up again. */
  resume(record: RunRecord, listener: RunListener, signal?: AbortSignal): Promise<StartOutcome>;
  current(): readonly RunView[];
  pause(id?: string): void;
  unpause(id?: string): void;
  cancel(id?: string): void;
  /** The longest run time is over: the run ends *incomplete* (SC-9e). */
  expire(id: string): void;
  /** Ends all runs so that they are taken up again at the next start. */
  interrupt(): Promise<void>;
}

interface Running {
  readonly id: string;
  readonly origin: ScanRequest['origin'];
  readonly control: RunControl;
  readonly startedMs: number;
  readonly ended: Promise<unknown>;
  progress: RunProgress | null;
  estimate: Estimate | null;
}

export interface ManagerParts {
  readonly store: RunStore;
  readonly clock: Clock;
  readonly events: RunEvents;
  /** What a run needs for its request: engine, policy, tables. Rejects with a code. The second function lets go of it. */
  prepare(request: ScanRequest, id: string): Promise<{ readonly parts: RunParts; release(): Promise<void> }>;
}

/** A run that is wanted; `record`: one that was cut off, and is taken up again. */
interface Order {
  readonly request: ScanRequest;
  readonly record: RunRecord | null;
  readonly listener: RunListener;
  readonly signal?: AbortSignal | undefined;
}

/** The runs of this VM, the newest last. */
interface Runs {
  readonly parts: ManagerParts;
  readonly running: Running[];
}

export function runManager(parts: ManagerParts): RunManager {
  const running: Running[] = [];
  const runs = { parts, running };
  return {
    start: (request, listener, signal) => begin({ request, record: null, listener, signal }, runs),
    resume: (record, listener, signal) =>
      begin({ request: scanRequestSchema.parse(JSON.parse(record.request)), record, listener, signal }, runs),
    current: () => running.map((run) => viewOf(run, parts.clock.nowMs())),
    pause: (id) => find(running, id).control.pause(),
    unpause: (id) => find(running, id).control.resume(),
    cancel: (id) => find(running, id).control.cancel('cancelled'),
    expire: (id) => running.find((one) => one.id === id)?.control.cancel('incomplete'),
    interrupt: async () => {
      const all = [...running];
      for (const run of all) run.control.cancel('interrupted' satisfies CancelReason);
      await Promise.all(all.map((run) => run.ended));
    },
  };
}

/** Without an id: the newest. */
function find(running: readonly Running[], id?: string): Running {
  const run = id === undefined ? running.at(-1) : running.find((one) => one.id === id);
  if (run !== undefined) return run;
  const message = id === undefined ? 'No scan is running.' : `No scan ${id} is running.`;
  throw new LazaretError('scan.not_running', message, { where: id });
}

async function begin(order: Order, runs: Runs): Promise<StartOutcome> {
  for (;;) {
    const last = runs.running.at(-1);
    switch (decideStart(order.request.origin, last?.origin ?? null)) {
      case 'skip-and-record':
        runs.parts.events.skipped(order.request);
        return { kind: 'skipped' };
      case 'wait-for-running':
        await last?.ended;
        continue;
      case 'pause-running-and-start':
        return await runOver(last, () => carryOut(order, runs));
      case 'start':
        return await carryOut(order, runs);
    }
  }
}

/** The scheduled run waits while the manual one goes, unless a person had paused it before. */
async function runOver(below: Running | undefined, work: () => Promise<StartOutcome>): Promise<StartOutcome> {
  const wasPaused = below?.control.paused ?? true;
  below?.control.pause();
  try {
    return await work();
  } finally {
    if (!wasPaused) below?.control.resume();
  }
}

async function carryOut(order: Order, { parts, running }: Runs): Promise<StartOutcome> {
  const { request, record, listener, signal } = order;
  const startedMs = parts.clock.nowMs();
  const id = record?.id ?? listener.id ?? uuidV7(startedMs, randomBytes(10));
  const control = runControl();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const run: Running = { id, origin: request.origin, control, startedMs, ended, progress: null, estimate: null };
  const abort = (): void => control.cancel('cancelled');
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  running.push(run);
  try {
    const summary = await prepareAndRun(run, order, parts);
    parts.events.ended(id, request, summary);
    return { kind: 'ended', id, summary };
  } finally {
    signal?.removeEventListener('abort', abort);
    running.splice(running.indexOf(run), 1);
    end();
  }
}

async function prepareAndRun(run: Running, order: Order, parts: ManagerParts): Promise<SummaryRow> {
  const { request, record, listener } = order;
  const prepared = await parts.prepare(request, run.id);
  try {
    if (record === null) parts.store.begin(recordOf(run, request, prepared.parts));
    else parts.store.setState(run.id, 'running');
    parts.events.started({ id: run.id, request, resumed: record !== null });
    listener.started?.(run.id);
    const stand = record === null ? { from: null, before: NO_TOTALS } : standOf(record);
    const onWarning = (warning: { code: string; message: string }): void => listener.warning?.(warning);
    const onEstimate = (estimate: Estimate): void => {
      run.estimate = estimate;
    };
    const wanted = { id: run.id, request, control: run.control, sink: sinkOf(run, listener), ...stand, onWarning };
    return await executeRun(prepared.parts, listener.wantsEstimate ? { ...wanted, onEstimate } : wanted);
  } finally {
    await prepared.release();
  }
}

/** Keeps the progress for whoever asks, and hands all on. */
function sinkOf(run: Running, listener: RunListener): RunSink {
  return {
    row: (result) => listener.row(result),
    progress: (told) => {
      const progress = { ...told, estimate: run.estimate };
      run.progress = progress;
      listener.progress(progress);
    },
  };
}

function recordOf(run: Running, request: ScanRequest, prepared: RunParts): Parameters<RunStore['begin']>[0] {
  return {
    id: run.id,
    kind: request.origin,
    state: 'running',
    request: JSON.stringify(request),
    requestKey: requestKeyOf(request),
    policyHash: prepared.inForce.hash,
    patternRelease: prepared.patternRelease,
    startedMs: run.startedMs,
    totals: '',
  };
}

/** Equal for equal commands, whatever the order of their paths: how `--resume` finds its run. */
export function requestKeyOf(request: ScanRequest): string {
  const { scope } = request;
  return JSON.stringify(
    scope.kind === 'paths' ? { ...request, scope: { ...scope, paths: scope.paths.toSorted() } } : request,
  );
}

function viewOf(run: Running, nowMs: number): RunView {
  const { id, origin, startedMs, progress, estimate } = run;
  const percent = shareDone(progress?.totals ?? { files: 0, bytes: 0 }, estimate);
  const state = run.control.paused ? 'paused' : 'running';
  return {
    id,
    origin,
    state,
    startedMs,
    progress,
    estimate,
    percent,
    timeLeftMs: timeLeftMs(percent, nowMs - startedMs),
  };
}
