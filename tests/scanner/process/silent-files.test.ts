// SPDX-License-Identifier: Apache-2.0
// Files of a file system in user space that does not answer: a worker that waits for one cannot even be killed. It costs who brought it, and nobody else.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { makeMarker, temporaryDirectory } from '@lazaret/testkit';
import { REQUEST } from '../../../packages/agent/src/engine/answers/wire.ts';
import { REAL_TIME, startTestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.Silent');
const SERVER = join(import.meta.dirname, '../../../e2e/programs/silent-files.py');
const HOSTILE = 1_001;
const INNOCENT = 2_000;

/** In a mount namespace of its own; it ends with its server, and so does every wait for it. Answers the way to a file. */
async function silentFiles(context: TestContext, word: string, answered: number): Promise<(name: string) => string> {
  const directory = temporaryDirectory(context);
  const argv = ['-m', '--propagation', 'private', 'timeout', '-s', 'KILL', '600', 'python3', SERVER, directory, word];
  const server = spawn('unshare', [...argv, String(answered)], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(async () => {
    server.kill('SIGTERM');
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  });
  await once(server.stdout, 'data');
  return (name) => join(`/proc/${server.pid}/root`, directory, name);
}

for (const word of ['attributes', 'read'] as const) {
  test(`a file system in user space that answers no ${word}: the scan process answers, and another owner's files are judged`, async (context) => {
    const scanner = await startTestScanner(context, { 'test.ndb': marker.signature }, { workers: 2 });
    const path = await silentFiles(context, word, 0);
    const lost = Array.from({ length: 6 }, (_, index) =>
      scanner.scanFile(path(`file${index}`), REAL_TIME, { scanClass: 'clamd', owner: HOSTILE, deadlineMs: 1_500 }),
    );
    const answers = await Promise.all(lost);
    assert.deepEqual(new Set(answers.map(({ verdict }) => verdict)), new Set(['partly']));
    await scanner.session.ask(REQUEST.status);
    const { verdict } = await scanner.scanBytes(marker.atEndOf(100), REAL_TIME, { scanClass: 'open', owner: INNOCENT });
    assert.equal(verdict, 'infected');
  });
}
