// SPDX-License-Identifier: Apache-2.0
// Assembles one run – scope from the policy, engine, actions, pacing – and starts it. It makes no decisions.
import { availableParallelism } from 'node:os';
import type { ScannerAnswer, SummaryRow } from '@lazaret/contract';
import type { Clock } from '@lazaret/platform';
import type { Engine, EngineProfile, EngineStatus } from '../../engine/index.ts';
import type { PolicyInForce } from '../../policy/index.ts';
import type { RunStore } from '../../state/index.ts';
import type { ReleaseTables } from '@lazaret/patterns';
import type { Judge, OpenedFile } from '../judge-file.ts';
import { notCoveredRow, unopenedRow } from '../rows.ts';
import { classOf } from '@lazaret/host';
import type { CpuMeter, Host } from '@lazaret/host/ports';
import { jobsAtOnce, pacing } from './pacing.ts';
import type { RunControl } from './run-control.ts';
import type { ScanRequest } from './request.ts';
import { runScan, type RunSink } from './run-scan.ts';
import { compileScope, type Scope } from '../walk/scope.ts';
import { estimateRun, type Estimate } from './estimate.ts';
import type { Cursor, SourceOptions } from '../walk/source.ts';
import type { Totals } from './totals.ts';
import { contentException, pathTextFromBytes, type ScanLimits, type TypeRule } from '@lazaret/core';

export interface RunParts {
  readonly host: Pick<Host, 'files' | 'mounts' | 'paths' | 'processes'>;
  readonly engine: Engine;
  readonly tables: ReleaseTables;
  readonly patternRelease: string;
  readonly inForce: PolicyInForce;
  readonly ownDirectories: readonly string[];
  readonly store: RunStore;
  readonly clock: Clock;
  readonly act: Judge['act'];
}

export interface RunOrder {
  readonly id: string;
  readonly request: ScanRequest;
  readonly control: RunControl;
  readonly sink: RunSink;
  readonly from: Cursor | null;
  readonly before: Totals;
  /** Given where somebody looks at the progress: told once it is known how much there is. */
  readonly onEstimate?: (estimate: Estimate) => void;
  readonly onWarning: (warning: { readonly code: string; readonly message: string }) => void;
}

/** A container's nesting without compression (mail in mail, tar in tar) has a limit of its own (LM-5c). */
const NESTING_MAX = 32;

/** The scanner gives up by its own budgets first; this only catches one that does not. */
const DEADLINE_SLACK_MS = 30_000;

export async function executeRun(parts: RunParts, order: RunOrder): Promise<SummaryRow> {
  const { host, inForce, clock, engine } = parts;
  const { request, control } = order;
  const scope = compileScope({
    host,
    policy: inForce.policy,
    request,
    lists: parts.tables.intelliScan,
    ownDirectories: parts.ownDirectories,
    nowMs: clock.nowMs(),
  });
  scope.warnings.forEach(order.onWarning);
  const load =
    request.load ?? (request.origin === 'scheduled' ? inForce.policy.scheduled.load : inForce.policy.manual.load);
  const cores = availableParallelism();
  const meter = await meterOf(engine, host.processes, clock);
  const pace = pacing(load, cores, clock, () => meter.usedMs());
  const settings = inForce.policy[request.limitsOf];
  const profile = profileOf(settings.limits, scope.targets.typeRule);
  const before = await tellRefused(scope, order);
  const source: SourceOptions = {
    files: host.files,
    roots: scope.roots,
    from: order.from,
    prune: parts.ownDirectories.map((directory) => Buffer.from(directory)),
    classify: classOf,
  };
  tellEstimate(source, scope, order);
  return runScan({
    id: order.id,
    store: parts.store,
    clock,
    sink: order.sink,
    control,
    patternRelease: parts.patternRelease,
    before,
    files: {
      source,
      select: (found) => scope.select(found),
      judge: {
        scan: (file) => scanOpened(engine, file, profile, settings.limits, request, control),
        kindOf: parts.tables.kindOf,
        exceptionOf: (_file, answer) => contentException(scope.exceptions, answer),
        ruleUnscanned: ({ text }, answer) => scope.ruleUnscanned(text, answer),
        act: parts.act,
      },
      pacing: pace,
      control,
      atOnceMax: jobsAtOnce(load, cores),
      scopeRule: scope.scopeRule,
    },
  });
}

function tellEstimate(source: SourceOptions, scope: Scope, { onEstimate, control }: RunOrder): void {
  if (onEstimate === undefined) return;
  void estimateRun(source, (found) => scope.select(found), control.signal).then(
    (estimate) => estimate !== null && onEstimate(estimate),
    () => {}, // a share that is not known is not shown; the run itself will meet and tell what was wrong
  );
}

const FOLLOW_MS = 1_000;

/** After a death the scan process is another one: the meter follows it. */
async function meterOf(engine: Engine, processes: Host['processes'], clock: Clock): Promise<CpuMeter> {
  let { pid } = await engine.status();
  let askedAtMs = clock.monotonicMs();
  const follow = (status: EngineStatus): void => {
    pid = status.pid;
  };
  return processes.cpuMeter(() => {
    if (clock.monotonicMs() - askedAtMs >= FOLLOW_MS) {
      askedAtMs = clock.monotonicMs();
      engine.status().then(follow, () => {}); // down just now: asked again
    }
    return pid;
  });
}

/** A policy's limits as the scanner takes them. */
export function profileOf(limits: ScanLimits, rule: TypeRule | null): EngineProfile {
  return {
    compressionLayersMax: limits.compressionLayersMax,
    nestingMax: NESTING_MAX,
    memberBytesMax: limits.memberBytesMax,
    membersMax: limits.membersMax,
    engineTimeMs: limits.fileTimeMs,
    walkTimeMs: limits.fileTimeMs,
    typeRule: rule === null ? null : { types: rule.types, typesWhenListed: rule.textTypes },
  };
}

/** Beyond every user's number: runs are nobody's, and share with each other. */
const MANUAL_OWNER = 2 ** 48;
const SCHEDULED_OWNER = MANUAL_OWNER + 1;

function scanOpened(
  engine: Engine,
  file: OpenedFile,
  profile: EngineProfile,
  limits: ScanLimits,
  request: ScanRequest,
  control: RunControl,
): Promise<ScannerAnswer> {
  return engine.scan(file.opened, {
    profile,
    nameListed: file.nameListed,
    scanClass: 'run',
    owner: request.origin === 'manual' ? MANUAL_OWNER : SCHEDULED_OWNER,
    deadlineMs: 2 * limits.fileTimeMs + DEADLINE_SLACK_MS,
    signal: control.signal,
  });
}

/** LM-8: a place on the network that was asked for is said, not scanned. Only once: a run that goes on has said it. */
async function tellRefused(scope: Scope, order: RunOrder): Promise<Totals> {
  if (order.from !== null) return order.before;
  for (const { path, class: found, fileSystemType } of scope.refused) {
    const text = pathTextFromBytes(path);
    if (found === 'network') await order.sink.row(unopenedRow(path, text, 'network', 0, scope.scopeRule));
    else {
      await order.sink.row(notCoveredRow(path, text, fileSystemType, 'pseudo'));
      order.onWarning({
        code: 'targets.not_covered',
        message: `${text} is on a pseudo file system and is not covered.`,
      });
    }
  }
  const network = scope.refused.filter((place) => place.class === 'network').length;
  return network === 0 ? order.before : { ...order.before, unscanned: { ...order.before.unscanned, network } };
}
