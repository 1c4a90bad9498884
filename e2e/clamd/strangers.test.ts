// SPDX-License-Identifier: Apache-2.0
// Any user may pass descriptors over the clamd socket. To close one may mean to wait for his program, and such a wait can not even be killed: it must be his alone.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eicar, temporaryDirectory } from '@lazaret/testkit';
import { collect, makeProduct, until, type Product } from '../support/product.ts';
import { PROGRAMS } from '../support/places.ts';

const SERVER = join(PROGRAMS, 'silent-files.py');
const CLIENT = join(PROGRAMS, 'pass-descriptors.py');
const REFUSED = join(PROGRAMS, 'pass-refused.py');

/** `files`: the way to `file`, which a number follows. */
interface SilentFiles {
  readonly files: string;
  end(): Promise<void>;
}

/** In a mount namespace of its own; it ends with its server, and so does every wait for it. */
async function silentFiles(t: TestContext, word: string): Promise<SilentFiles> {
  const directory = temporaryDirectory(t);
  const argv = ['-m', '--propagation', 'private', 'timeout', '-s', 'KILL', '600', 'python3', SERVER, directory, word];
  const server = spawn('unshare', [...argv, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const end = async (): Promise<void> => {
    server.kill('SIGTERM');
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  };
  t.after(end);
  await once(server.stdout, 'data');
  return { files: join(`/proc/${server.pid}/root`, directory, 'file'), end };
}

/** What the client was answered, a line each; it ends by a kill, because it may wait for its own files. `before`: shell, in its own mount namespace. `during` is done while the client is there. */
async function pass(
  product: Product,
  way: string,
  files: string,
  before = 'true',
  during = async () => {},
): Promise<string[]> {
  const script = `${before} && exec python3 "$@"`;
  const argv = ['-m', '--propagation', 'private', 'sh', '-ec', script, 'sh', CLIENT, product.clamdSocket, way, files];
  const client = spawn('unshare', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const chunk of client.stdout) {
    said += String(chunk);
    if (said.endsWith('end\n')) break;
  }
  try {
    await during();
  } finally {
    client.kill('SIGKILL');
  }
  return said.trimEnd().split('\n').slice(0, -1);
}

/** The agent answers its command line, and a file that is passed rightly is judged. */
async function assertAlive(product: Product): Promise<void> {
  assert.equal((await product.lazaret('agent', 'status')).code, 0);
  const infected = join(product.directory, '..', 'infected');
  writeFileSync(infected, eicar());
  const [answer = ''] = await pass(product, 'one', infected);
  assert.match(answer, /Eicar-Test-Signature FOUND/);
  assert.equal((await product.lazaret('scan', infected, '--action', 'report')).code, 1);
}

for (const word of ['close', 'attributes', 'read'] as const)
  test(`descriptors of a file system in user space that answers no ${word}, passed, passed unasked and left unread, hold up neither agent nor scan process`, {
    timeout: 590_000,
  }, async (t) => {
    const product = makeProduct(t);
    const agent = await product.agent(product.writePolicy({}));
    const { files } = await silentFiles(t, word);
    for (const answer of await pass(product, 'fildes', files)) assert.match(answer, /local file system.* ERROR/);
    await assertAlive(product);
    for (const way of ['unasked', 'left', 'nested', 'linger', 'many']) {
      await pass(product, way, files);
      await assertAlive(product);
    }
    await agent.stop();
    await product.agent(product.writePolicy({}));
    await assertAlive(product);
  });

test('what is passed is judged when it is a regular file of memory or of a local file system, also of one that only its sender sees; an overlay of his own, a pipe, a directory, a kernel window are not taken', {
  timeout: 300_000,
}, async (t) => {
  const product = makeProduct(t);
  await product.agent(product.writePolicy({}));
  const file = (...names: string[]): string => join(product.directory, ...names);
  for (const name of ['memory', 'lower', 'over']) mkdirSync(file(name));
  writeFileSync(file('lower', 'infected'), eicar());
  const memory = `mount -t tmpfs none ${file('memory')} && cp ${file('lower/infected')} ${file('memory')}`;
  const overlay = `mount -t overlay -o lowerdir=${file('lower')}:${file('memory')} none ${file('over')}`;
  const taken = [
    await pass(product, 'one', file('lower/infected')),
    await pass(product, 'one', file('memory/infected'), memory),
    await pass(product, 'memfd', file('lower/infected')),
  ];
  for (const [answer = ''] of taken) assert.match(answer, /^fd\[\d+\]: Eicar-Test-Signature FOUND$/);
  const left = [
    await pass(product, 'one', file('over/infected'), overlay),
    await pass(product, 'one', file('lower')),
    await pass(product, 'one', '/proc/self/status'),
    await pass(product, 'one', '/dev/zero'),
    await pass(product, 'pipe', ''),
  ];
  for (const [answer = ''] of left)
    assert.match(answer, /^fd\[\d+\]: Not a regular file on a local file system.* ERROR$/);
});

for (const [what, way] of [
  ['files of a file system that answers no close', 'flood'],
  ['sockets that linger', 'flood-linger'],
] as const)
  test(`a user whose 700 clients pass ${what} is refused beyond his sessions and takes no process for it; others are served, and he is again when his program is gone`, {
    timeout: 590_000,
  }, async (t) => {
    const product = makeProduct(t);
    chmodSync(join(product.directory, '..'), 0o755);
    const agent = await product.agent(product.writePolicy({}));
    const silent = await silentFiles(t, 'close');
    await pass(product, way, silent.files, 'true', async () => {
      await assertAlive(product);
      assert.equal(await pingAs(product, 65_533), '', 'he has all that he may have');
      // His 128 sessions, one that closes what was refused.
      const processes = doorProcesses(agent.pid).length;
      assert.ok(processes > 100 && processes <= 129, `${processes} processes`);
    });
    await silent.end();
    await until(async () => (await pingAs(product, 65_533)) === 'PONG\0', 'he is served again');
    await until(() => doorProcesses(agent.pid).length === 0, 'nothing is left of his clients');
  });

test('what refused clients passed is kept unclosed behind the one process of their user that waits for his file; others are served, and all is let go when his program is gone', {
  timeout: 590_000,
}, async (t) => {
  const product = makeProduct(t);
  chmodSync(join(product.directory, '..'), 0o755);
  const agent = await product.agent(product.writePolicy({}));
  const silent = await silentFiles(t, 'write');
  const client = spawn('python3', [REFUSED, product.clamdSocket, `${silent.files}0`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => client.kill('SIGKILL'));
  // A line may come in several pieces.
  const lines = createInterface({ input: client.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, 'full 128');
  const first = firstDoor(agent.pid);
  const held = (): number => readdirSync(`/proc/${first}/fd`).length;
  const before = held();
  // So that no client is looked at before the file is as it shall be.
  process.kill(first, 'SIGSTOP');
  client.stdin.write('\n');
  assert.equal((await lines.next()).value, 'passed');
  process.kill(first, 'SIGCONT');
  await until(() => held() > before + 50, 'the door keeps what nobody can close');
  await assertAlive(product);
  assert.equal(await pingAs(product, 65_533), '', 'he has all that he may have');
  assert.equal(doorProcesses(agent.pid).length, 129, 'his sessions, and one that waits');
  await silent.end();
  client.kill('SIGKILL');
  await until(() => held() <= before && doorProcesses(agent.pid).length === 0, 'nothing is left of his clients');
  assert.equal(await pingAs(product, 65_533), 'PONG\0');
});

/** What a client of that user is answered; nothing: it is refused. */
async function pingAs(product: Product, uid: number): Promise<string> {
  const script = `import socket, sys
s = socket.socket(socket.AF_UNIX); s.settimeout(120); s.connect(sys.argv[1])
try: s.sendall(b'zPING\\0'); print(s.recv(100).decode(), end='')
except OSError: pass`;
  const client = spawn('/usr/bin/python3', ['-c', script, product.clamdSocket], {
    uid,
    gid: uid,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return (await collect(client)).stdout;
}

interface DoorProcess {
  readonly pid: string;
  readonly status: string;
}

/** The first process of this agent's door: it alone has the agent as its parent. */
function firstDoor(agent: number): number {
  const first = allDoors().find(({ status }) => status.includes(`\nPPid:\t${agent}\n`));
  assert.ok(first);
  return Number(first.pid);
}

/** The others of this agent's door. */
function doorProcesses(agent: number): DoorProcess[] {
  const first = firstDoor(agent);
  return allDoors().filter(({ status }) => status.includes(`\nPPid:\t${first}\n`));
}

function allDoors(): DoorProcess[] {
  const all = readdirSync('/proc').flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) ? [{ pid, status: readFileSync(`/proc/${pid}/status`, 'utf8') }] : [];
    } catch {
      return []; // it has ended
    }
  });
  return all.filter(({ status }) => status.startsWith('Name:\tlazaret-door\n'));
}

test('the process of a client has a user of its own, no group, no capability, few calls, and no descriptor that leads to the agent or to other clients', {
  timeout: 240_000,
}, async (t) => {
  const product = makeProduct(t);
  const agent = await product.agent(product.writePolicy({}));
  const client = connect(product.clamdSocket);
  t.after(() => client.destroy());
  client.write('zIDSESSION\0zPING\0');
  assert.equal(String((await once(client, 'data'))[0]), '1: PONG\0');
  const [serving, ...others] = doorProcesses(agent.pid).filter(({ status }) => status.includes('\nSeccomp:\t2\n'));
  assert.ok(serving);
  assert.deepEqual(others, []);
  const valueOf = (name: string): string =>
    new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'm').exec(serving.status)?.[1] ?? '?';
  for (const name of ['Uid', 'Gid']) {
    const [number = '', ...same] = valueOf(name).split('\t');
    assert.ok(Number(number) >= 60_578 && Number(number) <= 61_183, `${name} ${number}`);
    assert.deepEqual(same, [number, number, number]);
  }
  assert.equal(valueOf('Groups'), '');
  for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']) assert.equal(valueOf(set), '0'.repeat(16));
  assert.equal(valueOf('NoNewPrivs'), '1');
  const held = readdirSync(`/proc/${serving.pid}/fd`).map((fd) => readlinkSync(`/proc/${serving.pid}/fd/${fd}`));
  const kinds = held.map((link) => link.replace(/\[\d+\]|\/proc\/\d+/, '')).toSorted();
  assert.deepEqual(kinds, ['/dev/null', '/mountinfo', '/mountinfo', 'socket:', 'socket:']);
});
