// SPDX-License-Identifier: Apache-2.0
import { Option, type Command } from 'commander';
import { EXIT, print, printJson, runCommand } from '../output.ts';
import { signIn, signOut } from './account.ts';
import { readSecret, refuseSecretArgument, secretOption, type SecretSource } from '../secret-input.ts';
import type { Json } from './run.ts';

const API_TOKEN: SecretSource = { name: 'API token', variable: 'LAZARET_FLEET_TOKEN' };

interface LoginOptions extends Json {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly tenant?: string;
}

export function addFleetLogin(fleet: Command): void {
  fleet
    .command('login')
    .description('Store the address of a manager and an API token (console: Settings › Tokens).')
    .argument('<url>', 'address of the console')
    .addOption(secretOption(API_TOKEN))
    .addOption(new Option('--token <token>').hideHelp())
    .option('--tenant <name>', 'tenant to use, if the token gives access to several')
    .option('--json', 'print one line of JSON')
    .action((url: string, options: LoginOptions) =>
      runCommand(options.json ?? false, async () => {
        refuseSecretArgument(options.token, API_TOKEN);
        const token = await readSecret(API_TOKEN, options.tokenFile);
        const { tenant, tenantId } = await signIn(url, token, options.tenant, process.env);
        if (options.json) printJson({ url, tenant, tenantId });
        else print(`Signed in at ${url}, tenant ${tenant}.`);
        return EXIT.ok;
      }),
    );
  fleet
    .command('logout')
    .description('Delete the stored address and token.')
    .action(() =>
      runCommand(false, () => {
        signOut(process.env);
        print('The stored address and token are deleted. The token stays valid until you revoke it.');
        return EXIT.ok;
      }),
    );
}
