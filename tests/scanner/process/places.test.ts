// SPDX-License-Identifier: Apache-2.0
// Where the scan process puts what is temporary: a folder that nobody else can enter or swap, emptied without following a link.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeMarker, makeZip, temporaryDirectory } from '@lazaret/testkit';
import { startTestScanner, WITHOUT_NAMESPACES } from '../test-scanner.ts';

const marker = makeMarker('Test.Places');
const files = { 'test.ndb': marker.signature };
const STARTS = 40;

/** Owns a folder of every name that a killed scanner could have left in /tmp, and exchanges it with a link as fast as it can. */
const RACER = `
import ctypes, os, sys
victim, parent = sys.argv[1], int(sys.argv[2])
libc = ctypes.CDLL(None)
names = ['/tmp/lazaret-scanner-%d-%d' % (4194301, number) for number in range(1, 151)]
def make(name):
    for one, way in ((name, os.mkdir), (name + '.link', lambda at: os.symlink(victim, at))):
        try: os.unlink(one)
        except OSError: pass
        try: way(one)
        except OSError: pass
for name in names: make(name)
pairs = [(name.encode(), (name + '.link').encode()) for name in names]
print('racing', flush=True)
try:
    while os.getppid() == parent:
        for name, link in pairs:
            if libc.renameat2(-100, name, -100, link, 2) != 0: make(name.decode())
finally: os._exit(0)
`;

test('a local user swaps folders and links while scanners start: nothing of root is emptied', async (context) => {
  const directory = temporaryDirectory(context);
  const victim = join(directory, 'victim');
  mkdirSync(victim, { mode: 0o700 });
  const kept = ['one', 'two', 'three'];
  for (const name of kept) writeFileSync(join(victim, name), name);
  const argv = ['--reuid', '65534', '--regid', '65534', '--clear-groups', '/usr/bin/python3', '-c', RACER, victim];
  const racer = spawn('setpriv', [...argv, String(process.pid)], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(async () => {
    racer.kill('SIGTERM');
    if (racer.exitCode === null && racer.signalCode === null) await once(racer, 'exit');
    const left = readdirSync('/tmp').filter((name) => name.startsWith('lazaret-scanner-4194301-'));
    for (const name of left) rmSync(join('/tmp', name), { recursive: true, force: true });
  });
  const [said] = (await Promise.race([once(racer.stdout, 'data'), once(racer, 'exit')])) as [unknown];
  assert.equal(String(said).trim(), 'racing');
  for (let start = 0; start < STARTS; start++) {
    const scanner = await startTestScanner(context, files, { load: false });
    scanner.process.kill('SIGTERM');
    await once(scanner.process, 'exit');
    assert.deepEqual(readdirSync(victim).toSorted(), kept.toSorted(), `start ${start}`);
  }
});

test('without namespaces a scanner works in a folder that nobody else may enter, and leaves nothing in it', async (context) => {
  const scanner = await startTestScanner(context, files, { through: WITHOUT_NAMESPACES });
  const places = `${scanner.socketPath}.places`;
  const { mode, uid } = lstatSync(places);
  assert.deepEqual([mode & 0o7777, uid], [0o700, 0]);
  const [own] = readdirSync(places);
  assert.ok(own !== undefined);
  assert.notEqual(lstatSync(join(places, own)).uid, 0, 'what a hostile file could reach is not root’s');
  const packed = makeZip([{ name: 'inside.txt', content: marker.atEndOf(12 * 1_048_576) }]);
  assert.equal((await scanner.scanBytes(packed)).verdict, 'infected', 'a member that needs the temporary place');
  scanner.process.kill('SIGTERM');
  await once(scanner.process, 'exit');
  assert.deepEqual(readdirSync(places), []);
});

test('what a killed scanner left is cleared, and a link in it leads nowhere', async (context) => {
  const first = await startTestScanner(context, files, { through: WITHOUT_NAMESPACES });
  const places = `${first.socketPath}.places`;
  first.process.kill('SIGKILL');
  await once(first.process, 'exit');
  const outside = join(first.directory, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'kept'), 'kept');
  const [own] = readdirSync(places);
  assert.ok(own !== undefined);
  let deep = join(places, own, '0');
  for (let depth = 0; depth < 20; depth++) mkdirSync((deep = join(deep, 'deeper')));
  symlinkSync(outside, join(places, own, '0', 'link'));
  symlinkSync(outside, join(deep, 'link'));
  const again = await startTestScanner(context, files, { directory: first.directory, load: false });
  assert.deepEqual(readdirSync(places), []);
  assert.ok(existsSync(join(outside, 'kept')));
  again.process.kill('SIGTERM');
  await once(again.process, 'exit');
});

test('a folder for temporary places that is a link, open to others or not ours is refused', async (context) => {
  const unsafe: readonly ((places: string, elsewhere: string) => void)[] = [
    (places, elsewhere) => symlinkSync(elsewhere, places),
    (places) => {
      mkdirSync(places);
      chmodSync(places, 0o755);
    },
    (places) => {
      mkdirSync(places, { mode: 0o700 });
      spawnSync('chown', ['65534', places]);
    },
    (places) => writeFileSync(places, ''),
  ];
  for (const make of unsafe) {
    const directory = temporaryDirectory(context);
    const elsewhere = join(directory, 'elsewhere');
    mkdirSync(elsewhere, { mode: 0o700 });
    writeFileSync(join(elsewhere, 'kept'), 'kept');
    make(join(directory, 'scanner.socket.places'), elsewhere);
    const scanner = await startTestScanner(context, files, {
      directory,
      load: false,
      through: WITHOUT_NAMESPACES,
    });
    await assert.rejects(scanner.load(), { code: 'scanner.sandbox_failed' });
    assert.deepEqual(readdirSync(elsewhere), ['kept']);
  }
});
