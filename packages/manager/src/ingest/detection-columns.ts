// SPDX-License-Identifier: Apache-2.0
// Takes from the agent's event what lists of detections show and filter by. Pure.
import type { ActionRow, ActionStep, Detection, DetectionResult } from '@lazaret/contract';

export function detectionColumns(event: Detection) {
  const [threat] = event.threats;
  return {
    id: event.id,
    time: new Date(event.time),
    origin: originOf(event),
    path: event.path,
    path_base64: event.pathBase64 ?? null,
    threat: threat?.name ?? '',
    kind: threat?.kind ?? 'other',
    bytes: event.bytes,
    sha256: event.sha256,
    action: event.action?.primary.action ?? null,
    result: resultOf(event.action),
    quarantine_entry: event.action?.quarantineId ?? null,
    body: JSON.stringify(event),
  };
}

/** The rule that put the file into its scan begins with the kind of scan; the command line's own is a manual one. */
function originOf({ runId, decidedBy, action }: Detection): 'realtime' | 'scheduled' | 'manual' {
  if (runId === 'realtime') return 'realtime';
  const pointer = decidedBy || action?.decidedBy || '';
  if (pointer.startsWith('/realtime')) return 'realtime';
  return pointer.startsWith('/scheduled') ? 'scheduled' : 'manual';
}

/** What became of the file: of the step that counts, the last one that was tried. */
export function resultOf(action: ActionRow | null): DetectionResult {
  if (action === null) return 'none';
  const { action: done, result }: ActionStep = action.secondary ?? action.primary;
  switch (result) {
    case 'done':
      return DONE[done];
    case 'gone':
      return 'deleted';
    case 'copy-failed':
    case 'original-not-deleted':
      return result;
    case 'changed':
    case 'failed':
      return 'failed';
  }
}

const DONE: Readonly<Record<ActionStep['action'], DetectionResult>> = {
  delete: 'deleted',
  clean: 'cleaned',
  pass: 'passed',
  deny: 'denied',
  quarantine: 'quarantined',
};
