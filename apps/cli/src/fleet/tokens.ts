// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { apiTokenCreatedSchema, apiTokenPageSchema } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { z } from 'zod';
import { print } from '../output.ts';
import { printTable, runFleet, shortTime, type Json } from './run.ts';
import { requireId } from './ids.ts';

interface CreateOptions extends Json {
  readonly right: readonly string[];
  readonly days?: string;
}

export function addFleetTokens(fleet: Command): void {
  const token = fleet.command('token').description('List, create and revoke API tokens of the tenant.');
  token
    .command('list')
    .description('List all tokens with their rights and their last use.')
    .option('--json', 'print one line of JSON')
    .action((options: Json) =>
      runFleet(
        options,
        async ({ api, base }) => (await api.ask('GET', `${base}/tokens?limit=500`, apiTokenPageSchema)).items,
        (items) =>
          printTable(
            ['ID', 'NAME', 'LAST USED (UTC)', 'EXPIRES', 'RIGHTS'],
            items.map((one) => [
              one.id,
              one.name,
              shortTime(one.lastUsedAt),
              shortTime(one.expiresAt),
              one.rights.join(' '),
            ]),
            'No tokens.',
          ),
      ),
    );
  token
    .command('create')
    .description('Create a token. It is shown only once.')
    .argument('<name>')
    .requiredOption('--right <right...>', 'rights of the token, such as vms.read detections.read')
    .option('--days <number>', 'days until the token expires; `never` needs the right tokens.lasting (default: 90)')
    .option('--json', 'print one line of JSON')
    .action((name: string, options: CreateOptions) =>
      runFleet(
        options,
        ({ api, base }) => {
          const ends = options.days === undefined ? {} : { expiresInDays: readDays(options.days) };
          return api.ask('POST', `${base}/tokens`, apiTokenCreatedSchema, { name, rights: options.right, ...ends });
        },
        (made) => print(made.token),
      ),
    );
  token
    .command('revoke')
    .description('Revoke a token. It stops working immediately.')
    .argument('<id>')
    .option('--json', 'print one line of JSON')
    .action((id: string, options: Json) =>
      runFleet(
        options,
        ({ api, base }) => api.ask('DELETE', `${base}/tokens/${requireId(id, 'fleet token list')}`, z.null()),
        () => print('Revoked.'),
      ),
    );
}

/** Null: never. */
function readDays(text: string): number | null {
  if (text === 'never') return null;
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1)
    throw new LazaretError('cli.usage', `--days ${text}: it must be a whole number, 1 or greater, or never.`);
  return days;
}
