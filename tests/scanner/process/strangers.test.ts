// SPDX-License-Identifier: Apache-2.0
// Nobody but root can stop a scan process or look into it: no other user's process, and no scan process that a file has taken over.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeMarker, temporaryDirectory } from '@lazaret/testkit';
import { statusOf } from './scanner-status.ts';
import { startTestScanner, WITHOUT_NAMESPACES, type TestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.Strangers');
const files = { 'test.ndb': marker.signature };
const NOBODY = 65_534;

/** Signals, ptrace and reading memory, each tried on each process; one line for each that succeeded. */
const ATTACK = join(import.meta.dirname, '../../../e2e/programs/attack-processes.py');

async function pidsOf(scanner: TestScanner): Promise<number[]> {
  const { releases } = await statusOf(scanner);
  return releases.flatMap(({ loaderPid, workers }) => [loaderPid].concat(workers.map(({ pid }) => pid)));
}

const usersOf = (pid: number): string[] =>
  (/^Uid:\s+(.+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '').split('\t');

async function attackAsNobody(scanner: TestScanner): Promise<void> {
  const pids = await pidsOf(scanner);
  assert.ok(pids.length >= 2, 'a loader and workers');
  const as = ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups', '/usr/bin/python3', ATTACK];
  const { stdout, stderr } = spawnSync('setsid', ['--wait', 'setpriv', ...as, ...pids.map(String)], {
    encoding: 'utf8',
  });
  assert.equal(stdout, 'done\n', stderr);
  assert.equal((await scanner.scanBytes(marker.atEndOf(100))).verdict, 'infected');
  assert.deepEqual(await pidsOf(scanner), pids);
}

test('a process of nobody cannot signal, trace or read loader and workers, and scans go on', async (context) => {
  for (const through of [[], WITHOUT_NAMESPACES]) {
    const scanner = await startTestScanner(context, files, { through });
    await scanner.scanBytes(marker.atEndOf(100));
    for (const pid of await pidsOf(scanner))
      for (const user of usersOf(pid)) assert.ok(!['0', String(NOBODY)].includes(user), `${pid} runs as ${user}`);
    await attackAsNobody(scanner);
  }
});

test('without the user lazaret-scanner they run as a number that no account has and no process runs with', async (context) => {
  const directory = temporaryDirectory(context);
  const accounts = join(directory, 'passwd');
  const without = readFileSync('/etc/passwd', 'utf8').replaceAll(/^lazaret-scanner:.*\n/gm, '');
  writeFileSync(accounts, without);
  const script = 'mount --bind "$1" /etc/passwd && shift && exec "$@"';
  const hidden = ['unshare', '-m', '--propagation', 'private', 'bash', '-c', script, 'bash', accounts];
  const first = await startTestScanner(context, files, { through: hidden });
  const second = await startTestScanner(context, files, { through: hidden });
  const userOf = async (scanner: TestScanner): Promise<string> => {
    const users = new Set((await pidsOf(scanner)).flatMap(usersOf));
    assert.equal(users.size, 1);
    return [...users][0] ?? '';
  };
  const users = [await userOf(first), await userOf(second)];
  assert.notEqual(users[0], users[1], 'the second saw that the first one’s was taken');
  for (const user of users) {
    assert.ok(!['0', String(NOBODY)].includes(user));
    assert.doesNotMatch(without, new RegExp(`^[^:]+:[^:]*:${user}:`, 'm'));
  }
  await attackAsNobody(first);
});

test('a worker that a file has taken over cannot signal the others', async (context) => {
  const scanner = await startTestScanner(context, files, { faults: true, workers: 3 });
  await Promise.all([1, 2, 3, 4, 5, 6].map(() => scanner.scanBytes(marker.atEndOf(100))));
  const taken = await scanner.scanBytes(Buffer.from(['LAZARET', 'FAULT', 'SIGNALS'].join('-').padEnd(64, '.')));
  assert.equal(taken.verdict, 'clean', 'it came back: every signal was refused');
  assert.equal((await statusOf(scanner)).workerDeaths, 0);
});

test('a worker that a file has taken over neither locks a scanned file nor changes how its descriptor is open', async (context) => {
  const scanner = await startTestScanner(context, files, { faults: true });
  const taken = await scanner.scanBytes(Buffer.from(['LAZARET', 'FAULT', 'HOLDS'].join('-').padEnd(64, '.')));
  assert.equal(taken.verdict, 'clean', 'it came back: everything was refused');
  assert.equal((await statusOf(scanner)).workerDeaths, 0);
});

test('a worker that a file has taken over and that never stops to tell hits is ended: the others are served meanwhile', {
  timeout: 60_000,
}, async (context) => {
  const scanner = await startTestScanner(context, files, { faults: true });
  const flooding = scanner.scanBytes(Buffer.from(['LAZARET', 'FAULT', 'FLOOD'].join('-').padEnd(64, '.')));
  assert.equal((await scanner.scanBytes(marker.atEndOf(100))).verdict, 'infected');
  const ended = await flooding;
  assert.deepEqual([ended.verdict, ended.threats[0]?.name], ['infected', 'Test.Flood'], 'what it told stands');
  assert.equal(ended.unscanned[0]?.reason, 'engine-failure');
});

test('a loader that patterns have taken over and that names a process of somebody else as its worker has it neither signalled nor waited for', {
  timeout: 60_000,
}, async (context) => {
  const stranger = spawn('sleep', ['600']);
  context.after(() => stranger.kill('SIGKILL'));
  const forged = { ...files, 'forged.pid': String(stranger.pid) };
  const scanner = await startTestScanner(context, forged, { faults: true, load: false });
  const refused = await scanner.load().then(
    () => 'loaded',
    (error: unknown) => (error as { code?: string }).code,
  );
  scanner.process.kill('SIGTERM');
  await once(scanner.process, 'exit');
  assert.deepEqual([stranger.exitCode, stranger.signalCode], [null, null], 'the stranger lives');
  assert.equal(refused, 'patterns.loader_died');
});
