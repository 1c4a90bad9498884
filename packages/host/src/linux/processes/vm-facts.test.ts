// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PrivateMounts, temporaryDirectory } from '@lazaret/testkit';
import { everyoneCanWrite, systemVariables } from './vm-facts.ts';

test('EX-2g: a place is open to everybody by the right of others to write, sticky or not; a link is judged where it leads, not as itself', (t) => {
  const base = temporaryDirectory(t);
  const open = (name: string, mode: number): boolean => {
    const path = join(base, name);
    mkdirSync(path);
    chmodSync(path, mode);
    return everyoneCanWrite(path);
  };
  assert.equal(open('open', 0o777), true);
  assert.equal(open('sticky', 0o1777), true);
  assert.equal(open('hidden', 0o702), true);
  assert.equal(open('own', 0o755), false);
  assert.equal(open('group', 0o775), false);
  assert.equal(everyoneCanWrite(join(base, 'nowhere')), false);
  // A link has the mode 0777 and says nothing by it.
  symlinkSync(join(base, 'own'), join(base, 'link'));
  assert.equal(everyoneCanWrite(join(base, 'link')), false);
});

test('EX-2b: variables in an exception are those of the system, whatever the environment of the agent says', (t) => {
  const before = { ...process.env };
  t.after(() => {
    for (const name of ['TMPDIR', 'OWN_PLACE']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
  process.env['TMPDIR'] = '/home/mallory';
  process.env['OWN_PLACE'] = '/';
  assert.deepEqual(systemVariables(), { TMPDIR: '/tmp', HOMES: '/home' });
});

test('a link on the way is followed only where root alone could have made it or can make it lead elsewhere', async (t) => {
  // Beneath a root of root's own: the folder for temporary files is open to everybody.
  const mounts = await PrivateMounts.open(`
    mount -t tmpfs -o mode=755 none /mnt; cd /mnt
    mkdir -p real/deep users open; touch real/file
    ln -s real link; ln -s link twice; ln -s nowhere lost
    ln -s ../real users/link; chown nobody users
    ln -s ../real open/link; chmod 0777 open
    ln -s real theirs; chown -h nobody theirs
    ln -s users/link over-theirs
  `);
  t.after(() => mounts.close());
  const program = `
    import { linkOf } from ${JSON.stringify(join(import.meta.dirname, 'vm-facts.ts'))};
    const paths = ['real', 'real/file', 'link', 'link/deep', 'twice/file', 'lost', 'users/link', 'open/link', 'theirs', 'over-theirs'];
    console.log(JSON.stringify(paths.map((path) => [path, linkOf('/mnt/' + path)])));
  `;
  const node = join(import.meta.dirname, '../../../../../tools/node');
  const { stdout, stderr } = mounts.run(node, '--input-type=module', '-e', program);
  assert.notEqual(stdout, '', stderr);
  const to = (path: string, rootsAlone: boolean): object => ({ target: `/mnt/${path}`, rootsAlone });
  assert.deepEqual(JSON.parse(stdout), [
    ['real', null],
    ['real/file', null],
    ['link', to('real', true)],
    ['link/deep', to('real/deep', true)],
    ['twice/file', to('real/file', true)],
    ['lost', null],
    ['users/link', to('real', false)],
    ['open/link', to('real', false)],
    ['theirs', to('real', false)],
    ['over-theirs', to('real', false)],
  ]);
});

/** As another user: puts a folder and a link to the root in each other's place, as fast as it can, for half a minute at most. */
const SWAPPER = `
import ctypes, os, sys, time
os.setgid(65534); os.setuid(65534)
libc = ctypes.CDLL(None, use_errno=True)
end = time.monotonic() + 30
print('swapping', flush=True)
while time.monotonic() < end:
    libc.renameat2(-100, b'/mnt/users/x', -100, b'/mnt/users/y', 2)
`;

test('a user who swaps a folder and a link while it is looked at never makes root follow his link', async (t) => {
  const mounts = await PrivateMounts.open(`
    mount -t tmpfs -o mode=755 none /mnt; cd /mnt
    mkdir -p users/x; ln -s / users/y; ln -s users/x link; chown -h nobody users users/*
  `);
  const swapper = mounts.start('/usr/bin/python3', '-c', SWAPPER);
  t.after(async () => {
    swapper.kill('SIGKILL');
    await mounts.close();
  });
  await once(swapper.stdout ?? swapper, 'data');
  const program = `
    import { linkOf } from ${JSON.stringify(join(import.meta.dirname, 'vm-facts.ts'))};
    const seen = new Set();
    for (let look = 0; look < 10_000; look++)
      for (const path of ['/mnt/users/x', '/mnt/link']) seen.add(JSON.stringify(linkOf(path)));
    console.log(JSON.stringify([...seen]));
  `;
  const node = join(import.meta.dirname, '../../../../../tools/node');
  const { stdout, stderr } = mounts.run(node, '--input-type=module', '-e', program);
  assert.notEqual(stdout, '', stderr);
  const seen = (JSON.parse(stdout) as readonly string[]).map(
    (text) => JSON.parse(text) as { target: string; rootsAlone: boolean } | null,
  );
  assert.ok(
    seen.some((one) => one?.rootsAlone === false),
    'the link was met',
  );
  assert.deepEqual(
    seen.filter((one) => one?.rootsAlone === true).map((one) => one?.target),
    ['/mnt/users/x'],
  );
});
