// SPDX-License-Identifier: Apache-2.0
// The vault over the control socket: what is done must be done by the one process that owns it.
import { z } from 'zod';
import type { ControlMethods } from '../control/index.ts';
import {
  deleteEntry,
  listEntries,
  restoreEntry,
  restoreOptionsSchema,
  showEntry,
  type QuarantineParts,
} from '../quarantine/index.ts';

const entrySchema = z.object({ id: z.string() });
const restoreSchema = entrySchema.extend({ options: restoreOptionsSchema });

export function vaultMethods(parts: QuarantineParts): ControlMethods {
  return {
    'quarantine.list': () => listEntries(parts),
    'quarantine.show': ({ params }) => showEntry(parts, entrySchema.parse(params).id),
    'quarantine.restore': ({ params }) => {
      const { id, options } = restoreSchema.parse(params);
      return restoreEntry(parts, id, options);
    },
    'quarantine.delete': ({ params }) => deleteEntry(parts, entrySchema.parse(params).id),
  };
}
