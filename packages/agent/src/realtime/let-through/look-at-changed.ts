// SPDX-License-Identifier: Apache-2.0
// Scans one file that a walk found changed, and acts if it is infected.
import { pathTextFromBytes } from '@lazaret/core';
import { gateText } from '@lazaret/host';
import { closingOnFault, type OpenFile } from '@lazaret/host/ports';
import { actOnDetected } from '../detections/detected.ts';
import type { ObjectsAtWork } from '../detections/objects-at-work.ts';
import { scanOrClose, type ScanOrder } from '../scan-descriptor.ts';
import type { RealtimeParts } from '../types.ts';
import type { ChangedFile } from './walk-changed.ts';

export interface LookParts {
  readonly parts: RealtimeParts;
  readonly objects: ObjectsAtWork;
  /** By what it is scanned now; null while nothing is compiled. */
  readonly order: (path: Buffer, believed: boolean) => ScanOrder | null;
  readonly deny: (file: OpenFile) => Promise<boolean>;
}

/** Whether it was looked at. Closes the file; a fault is a line in the log. */
export async function lookAtChanged(file: ChangedFile, look: LookParts): Promise<boolean> {
  try {
    return await scanAndAct(file, look);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    look.parts.log.warn({ path: pathTextFromBytes(file.path), message }, 'a changed file was not scanned');
    return false;
  }
}

async function scanAndAct({ path, opened, decidedBy }: ChangedFile, look: LookParts): Promise<boolean> {
  const order = closingOnFault(opened, () => look.order(path, true));
  const end = order === null ? null : await scanOrClose(opened, order, look.parts);
  if (end?.kind !== 'infected') {
    opened.close();
    return end !== null && end.kind !== 'failed';
  }
  const { device, inode } = closingOnFault(opened, () => opened.describe().identity);
  const file = { device: String(device), inode: String(inode) };
  const clue = { path: gateText(path), believed: true, file, opener: null };
  const facts = { refused: false, opener: null, attempts: 1, deny: () => look.deny(opened) };
  await actOnDetected({ opened, clue, ...end, decidedBy, facts }, look.objects, look.parts);
  return true;
}
