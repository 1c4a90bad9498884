// SPDX-License-Identifier: Apache-2.0
// The hook of the ingestion that notifies people of detections: in the batch's own transaction, so that exactly what is stored is notified.
import type { AgentEvent, Detection } from '@lazaret/contract';
import type { IngestHooks } from '../ingest/index.ts';
import { tellDetection, type ReadRecipients } from './outbox.ts';

export interface TellParts {
  readonly newId: () => string;
  readonly readRecipients: ReadRecipients;
}

export function tellEvents({ newId, readRecipients }: TellParts): IngestHooks {
  return {
    onEvent: async ({ tx, tenantId, vmId, vmName, now }, event: AgentEvent) => {
      if (event.type !== 'detection' || event.notifyEvent === null) return;
      const [threat] = event.threats;
      if (threat === undefined) return;
      await tellDetection(
        { tx, tenantId, nowMs: now.getTime(), newId, readRecipients },
        {
          vmId,
          fileKey: fileKeyOf(event),
          message: {
            kind: 'detection',
            vm: vmName,
            path: event.path,
            threat: threat.name,
            threatKind: threat.kind,
            event: event.notifyEvent,
            action: event.action?.primary.action ?? null,
            detectionId: event.id,
            time: event.time,
          },
        },
      );
    },
  };
}

/** A file is its identity, never its path; where the file system has none, device and inode must do. */
function fileKeyOf({ file }: Detection): string {
  return file.handle === null ? `${file.device}:${file.inode}` : `${file.fileSystem ?? ''} ${file.handle}`;
}
