// SPDX-License-Identifier: Apache-2.0
// The alarm that an agent raises itself: a scheduled scan did not end in its time (SC-9e). The next scan that ends in time clears it.
import type { IngestHooks } from '../ingest/index.ts';
import { notifyLive } from '../database/index.ts';

export function followScanAlarms(newId: () => string): IngestHooks {
  return {
    onEvent: async ({ tx, tenantId, vmId, now }, event) => {
      if (event.type === 'alarm' && event.alarm === 'scan-incomplete') {
        const row = {
          tenant_id: tenantId,
          id: newId(),
          kind: 'scan-incomplete',
          severity: 'watch' as const,
          vm_id: vmId,
          site: null,
          vm_count: 1,
          since: now,
          cleared_at: null,
          facts: JSON.stringify(event.runId === undefined ? {} : { scan: event.runId }),
          acknowledged_by: null,
          acknowledged_at: null,
        };
        await tx
          .insertInto('alarms')
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        await notifyLive(tx, tenantId, 'alarms', row.id);
      }
      if (event.type === 'run.ended' && event.origin === 'scheduled' && event.summary.state === 'done') {
        await tx
          .updateTable('alarms')
          .set({ cleared_at: now })
          .where('kind', '=', 'scan-incomplete')
          .where('vm_id', '=', vmId)
          .where('cleared_at', 'is', null)
          .execute();
        await notifyLive(tx, tenantId, 'alarms');
      }
    },
  };
}
