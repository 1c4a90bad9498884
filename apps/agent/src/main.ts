// SPDX-License-Identifier: Apache-2.0
// lazaret-agent: environment and arguments → daemon → exit code. Logs to standard output, one JSON object a line.
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { PRODUCT_VERSION, readLogLevel, readOptions, runDaemon } from '@lazaret/agent';
import { productPaths, productPorts, spareMemory } from '@lazaret/platform';

const programs = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const paths = productPaths(programs, process.env);
const log = pino({ name: 'lazaret-agent' });
const end = new AbortController();
process.title = 'lazaret-agent';
spareMemory();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end.abort());
// A policy file that changed is noticed by itself; the signal that asks daemons for it must not end this one.
process.on('SIGHUP', () => log.info('SIGHUP was ignored, because the agent watches the policy file anyway'));
process.on('uncaughtException', (error) => {
  log.fatal({ message: error.message, stack: error.stack }, 'internal error');
  process.exit(70);
});

try {
  log.level = readLogLevel(process.env['LAZARET_LOG_LEVEL'], 'info');
  const options = readOptions({ policy: { type: 'string' }, version: { type: 'boolean', short: 'V' } });
  if (options.version) process.stdout.write(`lazaret-agent ${PRODUCT_VERSION}\n`);
  else
    await runDaemon({
      paths,
      policyFile: options.policy ?? paths.policyFile,
      policyNamed: options.policy !== undefined,
      log,
      signal: end.signal,
      supervised: process.env['LAZARET_SUPERVISED'] === '1',
      knockPort: productPorts(programs).knock,
    });
} catch (error) {
  const code = error instanceof Error && 'code' in error ? error.code : 'agent.internal';
  log.fatal({ code, message: error instanceof Error ? error.message : String(error) }, 'the agent could not start');
  process.exitCode = 2;
}
