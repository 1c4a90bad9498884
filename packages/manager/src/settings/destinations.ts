// SPDX-License-Identifier: Apache-2.0
// MG-7: the one list of everything to which data of a tenant is sent, built from the settings that the senders read. Whoever adds a sender adds it here.
import type { Destination } from '@lazaret/contract';
import type { ManagerParts } from '../server/index.ts';
import { readProviderSettings, readSmtp } from '../provider-settings/index.ts';
import { readContacts, readWebhook } from './tenant-settings.ts';

export async function listDestinations(parts: ManagerParts, tenantId: string): Promise<Destination[]> {
  const { contacts, webhook } = await parts.database.asTenant(tenantId, async (tx) => ({
    contacts: await readContacts(tx),
    webhook: await readWebhook(tx),
  }));
  const provider = await readProviderSettings(parts.database);
  const smtp = await readSmtp(parts);
  const list: Destination[] = [];
  if (smtp !== null)
    list.push({ kind: 'smtp', address: `${smtp.host}:${smtp.port}`, setBy: 'provider', sent: ['mails'] });
  for (const { email, topics } of contacts)
    list.push({ kind: 'contact', address: email, setBy: 'tenant', sent: [...topics] });
  if (webhook.url !== null)
    list.push({ kind: 'webhook', address: webhook.url, setBy: 'tenant', sent: [...webhook.topics] });
  if (provider.agentsAddress !== null)
    list.push({
      kind: 'agents',
      address: provider.agentsAddress,
      setBy: 'provider',
      sent: ['state', 'events', 'detections', 'fetched-files'],
    });
  return list;
}
