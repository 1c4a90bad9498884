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
      schema: { summary: 'What the provider sets for all', response: { 200: providerSettingsSchema } },
    },
    () => readProviderSettings(parts.database),
  );
  server.put(
    BASE,
    {
      config: { right: 'provider.write' },
      schema: {
        summary: 'Set what holds for all',
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
      schema: { summary: 'The mail server; never its password', response: { 200: smtpViewSchema } },
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
      schema: { summary: 'Send no mail any more', response: { 204: noContentSchema } },
    },
    async (request, reply) => {
      await removeSmtp(parts, actorOf(request));
      return reply.code(204).send(null);
    },
  );
}
