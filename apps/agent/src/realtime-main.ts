// SPDX-License-Identifier: Apache-2.0
// What `lazaret realtime` has lazaret-supervisor start: real-time in the foreground. Lines of JSON on standard output, the log on standard error.
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { readLogLevel, readOptions, realtimeLines, runRealtime } from '@lazaret/agent';
import { isProcessAlive, productPaths, sleepToBeat, spareMemory, systemClock } from '@lazaret/platform';

const STDOUT = 1;
const FLUSH_MS = 1_000;
const LOOK_MS = 2_000;
const lines = realtimeLines(STDOUT, () => Date.now());
const log = pino({ name: 'lazaret-agent' }, pino.destination(2));
const end = new AbortController();
/** Whoever started us may be killed: then nobody is left to end what answers the kernel. */
async function endWith(caller: string): Promise<void> {
  while (!end.signal.aborted) {
    await sleepToBeat(systemClock, LOOK_MS, end.signal);
    if (!isProcessAlive(caller)) end.abort();
  }
}

process.title = 'lazaret-agent';
spareMemory();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end.abort());
process.on('uncaughtException', (error) => {
  log.fatal({ message: error.message, stack: error.stack }, 'internal error');
  process.exit(70);
});

try {
  log.level = readLogLevel(process.env['LAZARET_LOG_LEVEL'], 'error');
  const options = readOptions({
    policy: { type: 'string' },
    patterns: { type: 'string' },
    'while-alive': { type: 'string' },
  });
  const { policy, patterns, 'while-alive': caller } = options;
  if (caller !== undefined) void endWith(caller);
  await runRealtime({
    paths: productPaths(fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, ''), process.env),
    policyFile: policy ?? '',
    ...(patterns === undefined ? {} : { patterns }),
    log,
    signal: end.signal,
    listener: lines,
  });
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'agent.internal';
  lines.error({ code, message: error instanceof Error ? error.message : String(error), path: '' });
  process.exitCode = 2;
}
await lines.flush(FLUSH_MS);
process.exit();
