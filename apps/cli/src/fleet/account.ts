// SPDX-License-Identifier: Apache-2.0
// Which manager `lazaret fleet` talks to, and as whom: a token in a file that only its owner reads, or LAZARET_FLEET_URL and LAZARET_FLEET_TOKEN.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { sessionSchema } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { writeFileAtomic } from '@lazaret/platform';
import { z } from 'zod';
import { apiOf, type Api } from '../api.ts';

const accountSchema = z.object({ url: z.string(), token: z.string(), tenantId: z.string(), tenant: z.string() });
export type Account = z.infer<typeof accountSchema>;

export interface Fleet {
  readonly account: Account;
  readonly api: Api;
  /** `/api/v1/tenants/…` */
  readonly base: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

function accountFile(environment: Environment): string {
  return join(environment['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'lazaret', 'fleet.json');
}

/** Checks the token at the manager and keeps it. `tenant`: its id or name, where the token knows several. */
export async function signIn(
  url: string,
  token: string,
  tenant: string | undefined,
  environment: Environment,
): Promise<Account> {
  const account = await checkAccount(url.replace(/\/+$/, ''), token, tenant);
  const file = accountFile(environment);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileAtomic(file, `${JSON.stringify(account)}\n`, 0o600);
  return account;
}

export function signOut(environment: Environment): void {
  rmSync(accountFile(environment), { force: true });
}

async function checkAccount(url: string, token: string, tenant: string | undefined): Promise<Account> {
  if (!/^https?:\/\//.test(url))
    throw new LazaretError('cli.usage', `"${url}" is not the address of a manager. It must begin with https://.`);
  const { tenants } = await apiOf(url, bearer(token)).ask('GET', '/api/v1/session', sessionSchema);
  const found = tenant === undefined ? tenants : tenants.filter(({ id, name }) => id === tenant || name === tenant);
  const [one, ...more] = found;
  if (one === undefined)
    throw new LazaretError('fleet.no_tenant', 'The token gives no access to this tenant.', { where: tenant });
  if (more.length > 0)
    throw new LazaretError(
      'fleet.no_tenant',
      `The token gives access to several tenants. Choose one with --tenant: ${found.map(({ name }) => name).join(', ')}.`,
    );
  return { url, token, tenantId: one.id, tenant: one.name };
}

/** Throws `fleet.not_signed_in`. */
export async function openFleet(environment: Environment): Promise<Fleet> {
  const account = await readAccount(environment);
  return {
    account,
    api: apiOf(account.url, bearer(account.token)),
    base: `/api/v1/tenants/${account.tenantId}`,
  };
}

async function readAccount(environment: Environment): Promise<Account> {
  const { LAZARET_FLEET_URL: url, LAZARET_FLEET_TOKEN: token, LAZARET_FLEET_TENANT: tenant } = environment;
  if (url !== undefined && token !== undefined) return await checkAccount(url, token, tenant);
  const file = accountFile(environment);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const parsed = accountSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new LazaretError('fleet.not_signed_in', 'You are not signed in to a manager.', { where: file });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const bearer = (token: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${token}` });
