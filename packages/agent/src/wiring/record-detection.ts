// SPDX-License-Identifier: Apache-2.0
// A detection in the spool: everything that a person asks later – what, where, which object, by which rule, what was done.
import type { UnscannedReason } from '@lazaret/core';
import { pathFields, type InfectedFile } from '../scan/index.ts';
import type { AccessFacts, ActContext, CarriedOut } from './act-context.ts';

/** The row of the scan has all that the engine told; an event must stay small, whatever a file makes the engine say: many go to the manager in one call. */
export const EVENT_LIMITS = { unscannedMax: 100, unscannedBytesMax: 65_536, threatsBytesMax: 262_144 } as const;

export function recordDetection(file: InfectedFile, action: CarriedOut | null, context: ActContext): void {
  const { agent, inForce, patternRelease, runId, access } = context;
  const { identity, answer, threats } = file;
  agent.spool.append(
    'detection',
    {
      runId,
      policyHash: inForce.hash,
      patternRelease,
      decidedBy: file.decidedBy,
      ...pathFields(file.path, file.text),
      file: {
        fileSystem: identity.fileSystem,
        handle: identity.handle,
        device: String(identity.device),
        inode: String(identity.inode),
      },
      bytes: answer.bytes,
      sha256: answer.sha256,
      trueType: answer.trueType,
      ...toldOf(threats, answer),
      action: action?.row ?? null,
      notifyEvent: action?.event ?? null,
      ...(access === undefined ? {} : accessFields(access)),
    },
    true,
  );
}

/** The first threat is told in any case: it names the detection. */
function toldOf(threats: InfectedFile['threats'], answer: InfectedFile['answer']): object {
  const { threatsBytesMax, unscannedMax, unscannedBytesMax } = EVENT_LIMITS;
  const told = firstWithin(threats, threatsBytesMax);
  const unscanned = firstWithin(answer.unscanned, unscannedBytesMax).slice(0, unscannedMax);
  const threatsLeftOut = (answer.threatsLeftOut ?? 0) + threats.length - told.length;
  const unscannedLeftOut: Partial<Record<UnscannedReason, number>> = { ...answer.unscannedLeftOut };
  for (const { reason } of answer.unscanned.slice(unscanned.length))
    unscannedLeftOut[reason] = (unscannedLeftOut[reason] ?? 0) + 1;
  return {
    threats: told,
    unscanned,
    ...(threatsLeftOut === 0 ? {} : { threatsLeftOut }),
    ...(Object.keys(unscannedLeftOut).length === 0 ? {} : { unscannedLeftOut }),
  };
}

function firstWithin<T>(items: readonly T[], bytesMax: number): readonly T[] {
  let bytes = 0;
  const end = items.findIndex((item, index) => (bytes += JSON.stringify(item).length) > bytesMax && index > 0);
  return end === -1 ? items : items.slice(0, end);
}

function accessFields({ access, refused, opener, attempts }: AccessFacts): object {
  return { ...(access === undefined ? {} : { access }), refused, opener, ...(attempts === 1 ? {} : { attempts }) };
}
