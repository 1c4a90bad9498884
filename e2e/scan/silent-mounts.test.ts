// SPDX-License-Identifier: Apache-2.0
// A user's own file system in user space, open to all, whose program takes requests and answers none: who goes into it by its path can not even be killed.
// Neither a scan nor the clamd socket goes there.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eicar, temporaryDirectory } from '@lazaret/testkit';
import { collect, makeProduct, type Product, type Ran } from '../support/product.ts';
import { PROGRAMS, ROOT } from '../support/places.ts';

const SERVER = join(PROGRAMS, 'silent-files.py');
const LAZARET = join(ROOT, 'lazaret');
const USER = '1001';

interface Place {
  readonly product: Product;
  /** An infected file, and `silent` (or another name), the file system of the user. */
  readonly directory: string;
  /** nsenter's argument for a command that shall see both. */
  readonly inside: string;
}

/** Agent and file system in one mount namespace. */
async function makePlace(t: TestContext, word: string, name = 'silent'): Promise<Place> {
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, name));
  writeFileSync(join(directory, 'infected'), eicar());
  chmodSync(directory, 0o755);
  const argv = ['-m', '--propagation', 'private', 'timeout', '-s', 'KILL', '600', 'python3', SERVER];
  const server = spawn('unshare', [...argv, join(directory, name), word, '0', USER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const inside = `--mount=/proc/${server.pid}/ns/mnt`;
  const product = makeProduct(t, ['nsenter', inside]);
  t.after(async () => {
    server.kill('SIGTERM');
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  });
  await once(server.stdout, 'data');
  return { product, directory, inside };
}

const ASK = `
import socket, sys
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.settimeout(60); s.sendall(sys.argv[2].encode() + b'\\0')
print(b''.join(iter(lambda: s.recv(65536), b'')).decode().replace('\\0', ''))
`;

async function ask({ product }: Place, text: string): Promise<string> {
  return (await collect(spawn('python3', ['-c', ASK, product.clamdSocket, text]))).stdout.trimEnd();
}

function lazaret({ product, inside }: Place, ...argv: string[]): Promise<Ran> {
  const env = { ...process.env, LAZARET_STATE: product.state, LAZARET_RUN: product.run };
  return collect(spawn('nsenter', [inside, LAZARET, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

for (const word of ['lookup', 'list', 'attributes', 'open', 'read', 'close'] as const) {
  test(`the clamd socket asks a user's file system that answers no ${word} for nothing: paths in it are refused, others are scanned`, {
    timeout: 300_000,
  }, async (t) => {
    const place = await makePlace(t, word);
    await place.product.agent(place.product.writePolicy({}));
    const silent = join(place.directory, 'silent');
    for (const command of ['zSCAN', 'zCONTSCAN'])
      for (let number = 0; number < 8; number++)
        assert.match(await ask(place, `${command} ${silent}/file${number}`), /ERROR$/);
    assert.match(await ask(place, `zCONTSCAN ${silent}`), /ERROR$/);
    assert.match(await ask(place, `zCONTSCAN ${place.directory}`), /infected: Eicar-Test-Signature FOUND$/);
  });

  test(`a scan of a directory that holds a user's file system that answers no ${word} ends, and names it as not scanned`, {
    timeout: 300_000,
  }, async (t) => {
    const place = await makePlace(t, word);
    await place.product.agent(place.product.writePolicy({}));
    const around = await place.product.scan(place.directory, '--action', 'report');
    assert.equal(around.summary.infected, 1);
    assert.match(JSON.stringify(around.rows), /silent/);
    for (const path of ['silent', 'silent/file1']) {
      const { code, stdout, stderr } = await lazaret(place, 'scan', join(place.directory, path), '--json');
      assert.equal(code, 3, stdout + stderr);
      assert.match(stdout, /"reason":"unreadable"/);
    }
  });
}

test("a policy whose places and exceptions lie in a user's file system that answers nothing holds neither the agent's start, nor explain, nor a scan up", {
  timeout: 300_000,
}, async (t) => {
  const place = await makePlace(t, 'lookup');
  const silent = join(place.directory, 'silent/file1');
  const entries = [place.directory, silent].map((path) => ({ path, subdirectories: true }));
  const exceptions = [{ match: { process: silent } }, { match: { directory: join(place.directory, 'silent') } }];
  const directories = { kind: 'list', entries };
  const policy = place.product.writePolicy({
    manual: { directories, exceptions: exceptions.slice(1) },
    realtime: { directories, exceptions },
  });
  await place.product.agent(policy);
  const scanned = await lazaret(place, 'scan', '--all', '--json', '--action', 'report');
  assert.match(scanned.stdout, /"path":"[^"]*infected","verdict":"infected"/, scanned.stderr);
  assert.match(scanned.stdout, /"summary"/);
  assert.equal((await lazaret(place, 'explain', silent)).code, 0);
});

test("a user's file system in user space is his own also where its name looks like an option of root's", {
  timeout: 300_000,
}, async (t) => {
  const name = 'a,user_id=0,b';
  const place = await makePlace(t, 'lookup', name);
  await place.product.agent(place.product.writePolicy({}));
  assert.match(await ask(place, `zSCAN ${join(place.directory, name, 'file1')}`), /ERROR$/);
  const { code, stdout } = await lazaret(place, 'scan', join(place.directory, name, 'file1'), '--json');
  assert.equal(code, 3);
  assert.match(stdout, /"reason":"unreadable"/);
});
