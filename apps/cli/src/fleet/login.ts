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
    .description('Remember a manager and an API token of it (console: Settings › Tokens).')
    .argument('<url>', 'address of the console')
    .addOption(secretOption(API_TOKEN))
    .addOption(new Option('--token <token>').hideHelp())
    .option('--tenant <name>', 'where the token opens several')
    .option('--json', 'one line of JSON')
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
    .description('Forget the manager and its token.')
    .action(() =>
      runCommand(false, () => {
        signOut(process.env);
        print('Forgotten. The token itself stands until it is revoked.');
        return EXIT.ok;
      }),
    );
}
