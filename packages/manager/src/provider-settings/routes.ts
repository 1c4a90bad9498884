// SPDX-License-Identifier: Apache-2.0
import { noContentSchema, providerSettingsSchema, smtpChangeSchema, smtpViewSchema } from '@lazaret/contract';
import { actorOf, type ManagerParts, type ManagerServer } from '../server/index.ts';
import { readProviderSettings, removeSmtp, viewSmtp, writeProviderSettings, writeSmtp } from './settings.ts';

const BASE = '/api/v1/provider/settings';

export function registerProviderSettingsRoutes(server: ManagerServer, parts: ManagerParts): void {
  server.get(
    BASE,
    {
      config: { right: 'provider.read' },
      schema: { summary: 'The settings of the provider for all tenants', response: { 200: providerSettingsSchema } },
    },
    () => readProviderSettings(parts.database),
  );
  server.put(
    BASE,
    {
      config: { right: 'provider.write' },
      schema: {
        summary: 'Change the settings for all tenants',
        body: providerSettingsSchema,
        response: { 200: providerSettingsSchema },
      },
    },
    (request) => writeProviderSettings(parts, actorOf(request), request.body),
  );
  server.get(
    `${BASE}/smtp`,
    {
      config: { right: 'provider.read' },
      schema: { summary: 'The mail server, without its password', response: { 200: smtpViewSchema } },
    },
    async () => ({ smtp: await viewSmtp(parts) }),
  );
  server.put(
    `${BASE}/smtp`,
    {
      config: { right: 'provider.write' },
      schema: { summary: 'Set the mail server', body: smtpChangeSchema, response: { 200: smtpViewSchema } },
    },
    async (request) => ({ smtp: await writeSmtp(parts, actorOf(request), request.body) }),
  );
  server.delete(
    `${BASE}/smtp`,
    {
      config: { right: 'provider.write' },
      schema: { summary: 'Stop sending mail', response: { 204: noContentSchema } },
    },
    async (request, reply) => {
      await removeSmtp(parts, actorOf(request));
      return reply.code(204).send(null);
    },
  );
}
