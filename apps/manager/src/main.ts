// SPDX-License-Identifier: Apache-2.0
// lazaret-manager: environment and arguments → configuration → run, backup, restore, reset-password → exit code. Logs to standard output, one JSON object a
// line; what a command answers goes to standard output as well, its failure in words to standard error.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { failureForPeople, findExpected, HELP, readCommand, readLogLevel, runCommand } from '@lazaret/manager';
import { spareMemory } from '@lazaret/platform';
import pino from 'pino';

const programs = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
const log = pino({ name: 'lazaret-manager', redact: ['req.headers.authorization', 'req.headers.cookie'] });
const end = new AbortController();
process.title = 'lazaret-manager';
spareMemory();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end.abort());
process.on('uncaughtException', (error) => {
  log.fatal({ err: error }, 'internal error');
  process.exit(70);
});

try {
  log.level = readLogLevel(process.env['LAZARET_LOG_LEVEL']);
  const command = readCommand(process.argv.slice(2), process.env, programs, manifest.version);
  if (command.kind === 'help') process.stdout.write(HELP);
  else if (command.kind === 'version') process.stdout.write(`lazaret-manager ${manifest.version}\n`);
  else await runCommand(command, log, end.signal);
} catch (error) {
  const expected = findExpected(error);
  if (expected === null) log.fatal({ err: error }, 'internal error');
  process.stderr.write(failureForPeople(expected ?? error));
  process.exitCode = 2;
}
// Whatever still holds the loop open (a socket that lingers) must not keep a stopped manager alive.
process.exit();
