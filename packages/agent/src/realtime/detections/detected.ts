// SPDX-License-Identifier: Apache-2.0
// Handles one infected file, from its open file to the result of the action: one action at a time for each object, the way to its folder, and the name that is
// reported. It owns the open file and closes it.
import type { ActionRow, ScannerAnswer, Threat } from '@lazaret/contract';
import { pathTextFromBytes, type UnscannedDecision } from '@lazaret/core';
import { bytesOf } from '@lazaret/host';
import { objectOf, type FileClue, type OpenFile, type OverlayView } from '@lazaret/host/ports';
import { pathFields, type InfectedFile } from '../../scan/index.ts';
import type { ObjectsAtWork } from './objects-at-work.ts';
import type { RealtimeDetection, RealtimeFacts, RealtimeParts } from '../types.ts';

export interface Detected {
  readonly opened: OpenFile;
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
  { act, listener, host }: Pick<RealtimeParts, 'act' | 'listener' | 'host'>,
): Promise<void> {
  try {
    const file = await objects.inTurn(detected.opened.describe().object, async () => {
      const infected = infectedFile(detected, objects, host.realtime);
      const view =
        infected.gone === true ? null : await objects.overlays.open(detected.opened, infected.path, detected.clue);
      const shown = view === null ? infected : shownBy(view, infected);
      try {
        const action = await act(shown, detected.facts);
        if (action !== null && isRemoved(action)) objects.noteRemoved(objectOf(infected.identity), infected.path);
        return { infected: shown, action };
      } finally {
        view?.close();
      }
    });
    listener?.detection(detectionOf(file.infected, file.action, detected.facts));
  } finally {
    detected.opened.close();
  }
}

/** Its identity is read anew: an action before this one may have changed its links. */
function infectedFile(
  { opened, clue, answer, threats, ruled, decidedBy }: Detected,
  objects: ObjectsAtWork,
  source: RealtimeParts['host']['realtime'],
): InfectedFile {
  const { object, identity } = opened.describe();
  const reach = source.reachFile(opened, clue);
  const path = reach?.path ?? (clue.path === null ? Buffer.from('/') : bytesOf(clue.path));
  const gone = reach === null && (identity.nlink === 0 || objects.wasRemoved(object, path));
  return {
    path,
    text: pathTextFromBytes(path),
    opened,
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

/** The same file by the name and the opening that its overlay has for it. */
function shownBy({ close: _, ...view }: OverlayView, infected: InfectedFile): InfectedFile {
  return { ...infected, ...view, text: pathTextFromBytes(view.path), identity: view.opened.describe().identity };
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
