// SPDX-License-Identifier: Apache-2.0
import { overviewSchema, tenantParamsSchema, type SetupStep } from '@lazaret/contract';
import { readProviderSettings, readSmtp } from '../provider-settings/index.ts';
import type { ManagerParts, ManagerServer } from '../server/index.ts';
import { readRecipients } from '../settings/index.ts';
import type { TenantTransaction } from '../database/index.ts';
import { readOverview } from './overview.ts';

export function registerOverviewRoutes(server: ManagerServer, parts: ManagerParts): void {
  const { database, clock } = parts;
  server.get(
    '/api/v1/tenants/:tenantId/overview',
    {
      config: { right: 'overview.read' },
      schema: {
        summary: 'Everything that needs attention, and the figures',
        params: tenantParamsSchema,
        response: { 200: overviewSchema },
      },
    },
    async ({ params: { tenantId } }) => {
      const ofInstallation = await installationSteps(parts);
      return await database.asTenant(tenantId, async (tx) => {
        const stepsLeft = [...ofInstallation, ...(await tenantSteps(tx))];
        return await readOverview({ tx, now: new Date(clock.nowMs()), stepsLeft });
      });
    },
  );
}

async function installationSteps(parts: ManagerParts): Promise<readonly SetupStep[]> {
  const { agentsAddress } = await readProviderSettings(parts.database);
  const smtp = await readSmtp(parts);
  return [
    ...(agentsAddress === null ? (['agents-address'] as const) : []),
    ...(smtp === null ? (['mail'] as const) : []),
  ];
}

async function tenantSteps(tx: TenantTransaction): Promise<readonly SetupStep[]> {
  const { mails, webhook } = await readRecipients(tx, 'detections');
  const vm = await tx.selectFrom('vms').select('id').limit(1).executeTakeFirst();
  return [
    ...(mails.length === 0 && webhook === null ? (['contacts'] as const) : []),
    ...(vm === undefined ? (['first-vm'] as const) : []),
  ];
}
