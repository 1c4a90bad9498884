// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { LazaretError } from '@lazaret/core';
import { EXIT, print, printJson, runCommand } from '../output.ts';
import { signIn, signOut } from './account.ts';
import type { Json } from './run.ts';

interface LoginOptions extends Json {
  readonly token?: string;
  readonly tenant?: string;
}

export function addFleetLogin(fleet: Command): void {
  fleet
    .command('login')
    .description('Remember a manager and an API token of it (console: Settings › Tokens).')
    .argument('<url>', 'address of the console')
    .option(
      '--token <token>',
      'begins with lzt_; default: LAZARET_FLEET_TOKEN, so that it stands in no list of processes',
    )
    .option('--tenant <name>', 'where the token opens several')
    .option('--json', 'one line of JSON')
    .action((url: string, options: LoginOptions) =>
      runCommand(options.json ?? false, async () => {
        const token = options.token ?? process.env['LAZARET_FLEET_TOKEN'];
        if (token === undefined)
          throw new LazaretError('cli.usage', 'A token is needed: --token or LAZARET_FLEET_TOKEN.');
        const { tenant, tenantId } = await signIn(url, token, options.tenant, process.env);
        if (options.json) printJson({ url, tenant, tenantId });
        else print(`Signed in at ${url}, tenant ${tenant}.`);
        return EXIT.ok;
      }),
    );
  fleet
    .command('logout')
    .description('Forget the manager and its token.')
    .action(() =>
      runCommand(false, () => {
        signOut(process.env);
        print('Forgotten. The token itself stands until it is revoked.');
        return EXIT.ok;
      }),
    );
}
