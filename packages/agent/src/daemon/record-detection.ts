// SPDX-License-Identifier: Apache-2.0
// A detection in the spool: everything that a person asks later – what, where, which object, by which rule, what was done.
import { pathFields, type InfectedFile } from '../scan/index.ts';
import type { AccessFacts, ActContext, CarriedOut } from './act-context.ts';

/** The ledger has every row; an event must stay small. */
const UNSCANNED_MAX = 100;

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
      threats,
      unscanned: answer.unscanned.slice(0, UNSCANNED_MAX),
      action: action?.row ?? null,
      notifyEvent: action?.event ?? null,
      ...(access === undefined ? {} : accessFields(access)),
    },
    true,
  );
}

function accessFields({ access, refused, opener, attempts }: AccessFacts): object {
  return { ...(access === undefined ? {} : { access }), refused, opener, ...(attempts === 1 ? {} : { attempts }) };
}
