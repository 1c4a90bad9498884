// SPDX-License-Identifier: Apache-2.0
// How a secret reaches a command: by a file, an environment variable, standard input, or typed without an echo. Never as an argument: every user of the
// machine can read the arguments of a running command.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Option } from 'commander';
import { LazaretError } from '@lazaret/core';

export interface SecretSource {
  /** What it is, in a sentence: "enrolment token". */
  readonly name: string;
  readonly variable: string;
}

const SECRET_BYTES_MAX = 16_384;

export function secretOption({ name, variable }: SecretSource): Option {
  return new Option(
    '--token-file <file>',
    `file with the ${name}, or "-" for standard input; default: the variable ${variable}, or else standard input`,
  );
}

/** Who has the old habit must be told: others may know the token by now. Throws `cli.secret_argument`. */
export function refuseSecretArgument(argument: string | undefined, { name, variable }: SecretSource): void {
  if (argument === undefined) return;
  throw new LazaretError(
    'cli.secret_argument',
    `The ${name} was given as an argument, which every user of this machine can read. Revoke it, and give a new one through standard input, --token-file or ${variable}.`,
  );
}

/** The secret, without white space around it. Throws `cli.usage` where there is none. */
export async function readSecret(source: SecretSource, file: string | undefined): Promise<string> {
  const given = await readGiven(source, file);
  const secret = given.trim();
  if (secret !== '') return secret;
  throw new LazaretError(
    'cli.usage',
    `No ${source.name} was given. Give it through standard input, --token-file or ${source.variable}.`,
  );
}

async function readGiven({ name, variable }: SecretSource, file: string | undefined): Promise<string> {
  if (file !== undefined && file !== '-') return readSecretFile(file);
  if (file === undefined && process.env[variable] !== undefined) return process.env[variable] ?? '';
  return process.stdin.isTTY && file === undefined ? await ask(`${name}: `) : await readInput();
}

function readSecretFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new LazaretError('cli.usage', whyUnread(file, error), { where: file });
  }
}

function whyUnread(file: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code ?? '') {
    case 'ENOENT':
      return `The file ${file} does not exist.`;
    case 'EISDIR':
      return `${file} is a directory. --token-file must name a file that contains the secret.`;
    case 'EACCES':
      return `You have no permission to read ${file}.`;
    default:
      return `${file} cannot be read: ${message}.`;
  }
}

async function readInput(): Promise<string> {
  const given = await text(process.stdin);
  if (given.length > SECRET_BYTES_MAX) throw new LazaretError('cli.usage', 'Standard input is too long for a token.');
  return given;
}

/** readline echoes what is typed to its output: it gets one that swallows. */
async function ask(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await lines.question('');
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
