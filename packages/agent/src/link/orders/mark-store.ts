// SPDX-License-Identifier: Apache-2.0
// The mark of this state (SY-10b). Each poll goes from the last mark to a new one, which is on the disk before the manager receives it. So a copy of the state
// is out of date after the first poll of the other copy, and a kill between two steps leaves a mark that the manager knows. It owns `<state>/link/mark.json`.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Mark, type ShownMark, shownMarkSchema } from '@lazaret/contract';
import { writeFileAtomic } from '@lazaret/platform';

export interface MarkStore {
  /** The step that this poll shows: the one that nobody has confirmed, or a new one. */
  next(vmId: string): ShownMark;
  /** The manager has it. */
  taken(shown: ShownMark): void;
}

const storedSchema = z.object({ vmId: z.uuid(), mark: shownMarkSchema });

export function markStore(stateDirectory: string, onFault: (error: unknown) => void): MarkStore {
  const path = join(stateDirectory, 'link', 'mark.json');
  let owner: string | null = null;
  let step: ShownMark | null = null;
  let isTaken = false;
  return {
    next: (vmId) => {
      if (owner !== vmId) {
        step = load(path, vmId);
        owner = vmId;
        isTaken = false;
      }
      if (step !== null && !isTaken) return step;
      const drawn = draw(step?.to ?? null);
      try {
        writeFileAtomic(path, `${JSON.stringify({ vmId, mark: drawn })}\n`, 0o600);
      } catch (error) {
        onFault(error);
        // A disk that is full must not keep the VM from calling: it stays where it is.
        if (step !== null) return { from: step.to, to: step.to };
      }
      step = drawn;
      isTaken = false;
      return drawn;
    },
    taken: (shown) => {
      if (step?.to.lot === shown.to.lot) isTaken = true;
    },
  };
}

function draw(from: Mark | null): ShownMark {
  return { from, to: { count: (from?.count ?? 0) + 1, lot: randomUUID() } };
}

/** Null: there is none, it is another VM's, or it is damaged. The manager waits a while then before it gives orders. */
function load(path: string, vmId: string): ShownMark | null {
  try {
    const parsed = storedSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success && parsed.data.vmId === vmId ? parsed.data.mark : null;
  } catch {
    return null;
  }
}
