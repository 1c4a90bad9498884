// SPDX-License-Identifier: Apache-2.0
// An infected file, from its open descriptor to what was done with it: one action a time for each object, the way to its folder, the name that is told.
// Owns the descriptor and closes it.
import { closeSync } from 'node:fs';
import type { ActionRow, ScannerAnswer, Threat } from '@lazaret/contract';
import { pathTextFromBytes, type UnscannedDecision } from '@lazaret/core';
import { bytesOf, describe, reachFile, type FileClue, type OverlayView } from '@lazaret/host';
import { pathFields, type InfectedFile } from '../../scan/index.ts';
import type { ObjectsAtWork } from './objects-at-work.ts';
import type { RealtimeDetection, RealtimeFacts, RealtimeParts } from '../types.ts';

export interface Detected {
  readonly descriptor: number;
  readonly clue: FileClue;
  readonly answer: ScannerAnswer;
  readonly threats: readonly Threat[];
  readonly ruled?: UnscannedDecision;
  readonly decidedBy: string;
  readonly facts: RealtimeFacts;
}

export async function actOnDetected(
  detected: Detected,
  objects: ObjectsAtWork,
  { act, listener }: Pick<RealtimeParts, 'act' | 'listener'>,
): Promise<void> {
  try {
    const file = await objects.inTurn(describe(detected.descriptor).identity, async () => {
      const infected = infectedFile(detected, objects);
      const view =
        infected.gone === true ? null : await objects.overlays.open(detected.descriptor, infected.path, detected.clue);
      const shown = view === null ? infected : shownBy(view, infected);
      try {
        const action = await act(shown, detected.facts);
        if (action !== null && isRemoved(action)) objects.noteRemoved(infected.identity, infected.path);
        return { infected: shown, action };
      } finally {
        view?.close();
      }
    });
    listener?.detection(detectionOf(file.infected, file.action, detected.facts));
  } finally {
    closeSync(detected.descriptor);
  }
}

/** Its identity is read anew: an action before this one may have changed its links. */
function infectedFile(
  { descriptor, clue, answer, threats, ruled, decidedBy }: Detected,
  objects: ObjectsAtWork,
): InfectedFile {
  const { identity } = describe(descriptor);
  const reach = reachFile(descriptor, clue);
  const path = reach?.path ?? (clue.path === null ? Buffer.from('/') : bytesOf(clue.path));
  const gone = reach === null && (identity.nlink === 0 || objects.wasRemoved(identity, path));
  return {
    path,
    text: pathTextFromBytes(path),
    descriptor,
    identity,
    decidedBy,
    nameListed: false,
    answer,
    threats,
    gone,
    ...(ruled === undefined ? {} : { ruled }),
    ...(reach?.openParent === undefined ? {} : { openParent: reach.openParent }),
  };
}

/** The same file by the name and the descriptor that its overlay has for it. */
function shownBy({ close: _, ...view }: OverlayView, infected: InfectedFile): InfectedFile {
  return { ...infected, ...view, text: pathTextFromBytes(view.path), identity: describe(view.descriptor).identity };
}

function isRemoved({ primary, secondary }: ActionRow): boolean {
  const { action, result } = secondary ?? primary;
  return (result === 'done' || result === 'gone') && (action === 'delete' || action === 'quarantine');
}

function detectionOf(file: InfectedFile, action: ActionRow | null, facts: RealtimeFacts): RealtimeDetection {
  const { deny: _, ...told } = facts;
  return {
    ...pathFields(file.path, file.text),
    threats: file.threats,
    sha256: file.answer.sha256,
    action,
    decidedBy: file.decidedBy,
    ...told,
  };
}
