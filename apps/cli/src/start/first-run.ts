// SPDX-License-Identifier: Apache-2.0
// What a provider does once: the first account, a tenant, its contacts, the mail server. ./start does it for the checkout's own manager and keeps a token
// in a file that only root reads; the account itself is a person's, by the one-time link.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  apiTokenCreatedSchema,
  contactsSchema,
  oneTimeLinkSchema,
  policyViewSchema,
  sessionSchema,
  setupStateSchema,
  smtpViewSchema,
  TENANT_RIGHTS,
} from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { managerPaths, writeFileAtomic, type ProductPaths } from '@lazaret/platform';
import { z } from 'zod';
import { apiOf, send, type Api } from '../api.ts';

const ADMIN = 'admin@lazaret.example';

const rememberedSchema = z.object({ tenantId: z.uuid(), token: z.string(), policyId: z.uuid() });
export type Remembered = z.infer<typeof rememberedSchema>;

export interface Tenant extends Remembered {
  readonly api: Api;
  /** `/api/v1/tenants/…` */
  readonly base: string;
}

export interface FirstRunParts {
  readonly paths: ProductPaths;
  readonly url: string;
  readonly mailPort: number;
  /** The document of the demo's policy, when there is none yet. */
  readonly policy: unknown;
}

export async function openTenant(parts: FirstRunParts): Promise<Tenant> {
  const file = join(managerPaths(parts.paths.programs, process.env).state, 'start.json');
  const { needed } = await apiOf(parts.url, {}).ask('GET', '/api/v1/setup', setupStateSchema);
  if (needed) writeFileAtomic(file, JSON.stringify(await setUp(parts)), 0o600);
  if (!existsSync(file))
    throw new LazaretError(
      'start.journey',
      'Somebody else set up this manager, and ./start has no account there. Its console and API keep running.',
      { where: file },
    );
  const remembered = rememberedSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const api = apiOf(parts.url, { authorization: `Bearer ${remembered.token}` });
  return { ...remembered, api, base: `/api/v1/tenants/${remembered.tenantId}` };
}

async function setUp({ paths, url, mailPort, policy }: FirstRunParts): Promise<Remembered> {
  const link = readFileSync(join(managerPaths(paths.programs, process.env).state, 'setup-link'), 'utf8').trim();
  const answer = await send(url, {}, 'POST', '/api/v1/setup', {
    token: link.slice(link.indexOf('#') + 1),
    email: ADMIN,
    name: 'Administrator',
    // Nobody ever types it: a person sets one by the link.
    password: randomBytes(24).toString('base64url'),
    tenantName: 'Demo',
  });
  if (!answer.ok) throw new LazaretError('start.journey', `The set-up of the manager failed: ${await answer.text()}`);
  const [tenant] = sessionSchema.parse(await answer.json()).tenants;
  if (tenant === undefined) throw new LazaretError('start.journey', 'The set-up of the manager created no tenant.');
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const api = apiOf(url, { cookie });
  const base = `/api/v1/tenants/${tenant.id}`;
  const smtp = { host: '127.0.0.1', port: mailPort, security: 'none', user: null, from: 'lazaret@lazaret.example' };
  await api.ask('PUT', '/api/v1/provider/settings/smtp', smtpViewSchema, smtp);
  const contacts = [{ email: ADMIN, language: 'en', topics: ['detections', 'alarms', 'notices'] }];
  await api.ask('PUT', `${base}/settings/contacts`, contactsSchema, { contacts });
  const { id: policyId } = await api.ask('POST', `${base}/policies`, policyViewSchema, { document: policy });
  const request = { name: './start', rights: TENANT_RIGHTS };
  const { token } = await api.ask('POST', `${base}/tokens`, apiTokenCreatedSchema, request);
  return { tenantId: tenant.id, token, policyId };
}

/** A link by which a person takes the administrator's account; it is good once. */
export function makeAdminLink(paths: ProductPaths, url: string): string {
  const argv = [join(paths.programs, 'apps/manager/src/main.ts'), 'reset-password', ADMIN];
  const environment = { ...process.env, LAZARET_LOG_LEVEL: 'error' };
  const told = execFileSync(join(paths.programs, 'tools/product-node'), argv, { encoding: 'utf8', env: environment });
  const { path } = oneTimeLinkSchema.parse(JSON.parse(told.trim().split('\n')[0] ?? ''));
  return `${url}${path}`;
}
