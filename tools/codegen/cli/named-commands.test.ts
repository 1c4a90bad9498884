// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ERROR_CODES, type ErrorCodeEntry } from '@lazaret/contract';
import { HELP } from '@lazaret/manager';
import { createProgram } from '../../../apps/cli/src/program.ts';
import { findNamedCommands, type NamedCommand, whyRefused } from './named-commands.ts';

const program = createProgram(false);

function faultOf(named: NamedCommand): string | null {
  if (!named.text.startsWith('lazaret-manager ')) return whyRefused(program, named);
  return named.text.endsWith(' --help') || HELP.includes(named.text) ? null : 'its help has no such command';
}

const faultsIn = (where: string, text: string): readonly string[] =>
  findNamedCommands(text).flatMap((named) => {
    const fault = faultOf(named);
    return fault === null ? [] : [`${where}: ${named.text}: ${fault}`];
  });

test('every command that an error tells its reader to run is one that the command line takes', () => {
  const entries = Object.entries<ErrorCodeEntry>(ERROR_CODES);
  const texts = entries.map(([code, { summary, whatToDo }]) => [code, `${summary} ${whatToDo}`] as const);
  assert.ok(texts.flatMap(([, text]) => findNamedCommands(text)).length > 15, 'the finder finds them');
  assert.deepEqual(
    texts.flatMap(([code, text]) => faultsIn(code, text)),
    [],
  );
});

test('so is every command that a text of the console names, in each language', () => {
  const files = globSync('apps/console/src/i18n/{en,ja}/*.ts');
  const texts = files.map((file) => [file, readFileSync(file, 'utf8')] as const);
  assert.ok(texts.flatMap(([, text]) => findNamedCommands(text)).length > 1, 'the finder finds them');
  assert.deepEqual(
    texts.flatMap(([file, text]) => faultsIn(file, text)),
    [],
  );
});

test('a command that does not exist, an option that it has not, and one that it refuses are told', () => {
  const text = 'Run `lazaret agnet status`, `lazaret scan --fast /srv` or `lazaret fleet login URL --token TOKEN`.';
  assert.deepEqual(faultsIn('x', text), [
    'x: lazaret agnet status: "lazaret" takes no "agnet"',
    'x: lazaret scan --fast /srv: "scan" has no --fast',
    'x: lazaret fleet login URL --token TOKEN: "login" refuses --token',
  ]);
  assert.deepEqual(faultsIn('x', 'VMで lazaret agnet run を実行し、lazaret agent status を見る。'), [
    'x: lazaret agnet run: "lazaret" takes no "agnet"',
  ]);
  assert.deepEqual(faultsIn('x', '`lazaret fleet login URL --token-file FILE`, `lazaret-manager restore`'), []);
});
