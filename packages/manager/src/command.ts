// SPDX-License-Identifier: Apache-2.0
// The command line of the manager: parses the arguments into one typed value, and runs it.
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { LazaretError } from '@lazaret/core';
import { managerPaths, productPorts } from '@lazaret/platform';
import ipaddr from 'ipaddr.js';
import type { Logger } from 'pino';
import { describeApi } from './describe-api.ts';
import { backUp, restoreBackup } from './backup/index.ts';
import { type ManagerConfig, startManager } from './manager.ts';
import { linkToResetPassword, removeAuthenticator } from './reset-password.ts';

export const HELP = `lazaret-manager – the manager of Lazaret

  lazaret-manager [run]                 run the manager: console, API and agents
  lazaret-manager backup FILE           write a backup (database and key) to FILE
  lazaret-manager restore FILE          restore a backup into an empty installation
  lazaret-manager reset-password EMAIL  print a one-time link to set a new password
  lazaret-manager remove-authenticator EMAIL  remove a lost authenticator; the account then needs only its password
  lazaret-manager openapi               print the API document of this version

  --host ADDRESS          address of the console and the API (127.0.0.1)
  --port NUMBER           port of the console and the API; 0 takes any free port
  --link-host ADDRESS     address for agents (::)
  --link-port NUMBER
  --agents-address HOST   names or addresses under which agents reach the managers, separated by commas, with or without a port
                          (the name of this machine); the settings of the console override it
  --tls-key FILE          PEM; needed if --host is not a loopback address
  --tls-certificate FILE  PEM
  --trusted-proxy ADDRESS  your proxies that serve TLS for the console: addresses or networks, separated by commas. The manager
                          then reads the address of the client from X-Forwarded-For, and sends cookies only over TLS
  --allow-private-webhooks  allow webhooks to private addresses

  DATABASE_URL            your own PostgreSQL, instead of the one that the manager starts
  LAZARET_MANAGER_STATE   path of the state folder
  LAZARET_LOG_LEVEL       trace debug info warn error (info)
`;

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'openapi'; readonly config: ManagerConfig }
  | { readonly kind: 'run'; readonly config: ManagerConfig }
  | { readonly kind: 'backup' | 'restore'; readonly config: ManagerConfig; readonly file: string }
  | {
      readonly kind: 'reset-password' | 'remove-authenticator';
      readonly config: ManagerConfig;
      readonly email: string;
    };

export type ManagerEnvironment = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** LAZARET_LOG_LEVEL. Throws `manager.usage`. */
export function readLogLevel(text = 'info'): (typeof LOG_LEVELS)[number] {
  const level = LOG_LEVELS.find((one) => one === text);
  if (level !== undefined) return level;
  throw usage(`"${text}" is not a log level. Use one of ${LOG_LEVELS.join(', ')}`, 'LAZARET_LOG_LEVEL');
}

/** Throws `manager.usage`. */
export function readCommand(
  argv: readonly string[],
  environment: ManagerEnvironment,
  programs: string,
  version: string,
): Command {
  const { values, positionals } = parse(argv);
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const [name = 'run', argument, ...rest] = positionals;
  if (rest.length > 0) throw usage(`too many arguments: ${rest.join(' ')}`);
  const config: ManagerConfig = {
    paths: managerPaths(programs, environment),
    version,
    databaseUrl: environment['DATABASE_URL'] ?? null,
    host: values.host ?? '127.0.0.1',
    port: values.port === undefined ? productPorts(programs).console : readPort(values.port),
    tls: readTls(values['tls-key'], values['tls-certificate']),
    trustedProxies: readProxies(values['trusted-proxy']),
    link: readLink(values, programs),
    enrolmentCommand: (token) => `${programs}/lazaret agent activate <<< '${token}'`,
    allowPrivateWebhooks: values['allow-private-webhooks'] === true,
  };
  switch (name) {
    case 'run':
      if (argument !== undefined) throw usage(`the command run takes no argument: ${argument}`);
      return { kind: 'run', config };
    case 'openapi':
      return { kind: 'openapi', config };
    case 'backup':
    case 'restore':
      if (argument === undefined) throw usage(`the command ${name} needs a file`);
      return { kind: name, config, file: argument };
    case 'reset-password':
    case 'remove-authenticator':
      if (argument === undefined) throw usage(`the command ${name} needs an e-mail address`);
      return { kind: name, config, email: argument };
    default:
      throw usage(`there is no command "${name}"`);
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'V' },
        host: { type: 'string' },
        port: { type: 'string' },
        'link-host': { type: 'string' },
        'link-port': { type: 'string' },
        'agents-address': { type: 'string' },
        'tls-key': { type: 'string' },
        'tls-certificate': { type: 'string' },
        'trusted-proxy': { type: 'string' },
        'allow-private-webhooks': { type: 'boolean' },
      },
    });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function readLink(values: ReturnType<typeof parse>['values'], programs: string): ManagerConfig['link'] {
  const port = values['link-port'] === undefined ? productPorts(programs).link : readPort(values['link-port']);
  return { host: values['link-host'] ?? '::', port, addresses: (values['agents-address'] ?? hostname()).split(',') };
}

function readProxies(text: string | undefined): readonly string[] {
  const proxies = text?.split(',').map((one) => one.trim()) ?? [];
  for (const proxy of proxies)
    if (!ipaddr.isValid(proxy) && !ipaddr.isValidCIDR(proxy))
      throw usage(`"${proxy}" is neither an address nor a network`);
  return proxies;
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw usage(`"${text}" is not a port`);
  return port;
}

function readTls(keyFile: string | undefined, certificateFile: string | undefined): ManagerConfig['tls'] {
  if (keyFile === undefined && certificateFile === undefined) return null;
  if (keyFile === undefined || certificateFile === undefined)
    throw usage('--tls-key and --tls-certificate must be given together');
  return { keyFile, certificateFile };
}

function usage(message: string, where?: string): LazaretError {
  return new LazaretError('manager.usage', message, { where });
}

/** Resolves when it is done; `run` when `signal` aborts. */
export async function runCommand(
  command: Exclude<Command, { kind: 'help' } | { kind: 'version' }>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  switch (command.kind) {
    case 'run':
      return run(command.config, log, signal);
    case 'openapi':
      process.stdout.write(`${JSON.stringify(await describeApi(command.config.version), null, 1)}\n`);
      return;
    case 'backup':
      return backUp(command.config, command.file, log);
    case 'restore':
      return restoreBackup(command.config, command.file, log);
    case 'reset-password':
      return linkToResetPassword(command.config, command.email, log);
    case 'remove-authenticator':
      return removeAuthenticator(command.config, command.email, log);
  }
}

async function run(config: ManagerConfig, log: Logger, signal: AbortSignal): Promise<void> {
  const manager = await startManager(config, log);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  log.info('the manager is ending');
  await manager.stop();
}
