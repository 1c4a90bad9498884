// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProtectedPlace } from '@lazaret/core';
import { mountAliases, readMounts } from '@lazaret/host';
import { temporaryDirectory } from '@lazaret/testkit';
import { readProtectedFacts } from './local-ceiling.ts';

const mount = (device: string, root: string, mountPoint: string) => ({
  device,
  root,
  mountPoint,
});

test('a place is known at each mount that shows it, something in it, or what is above it; and where something covers it, no more', () => {
  const mounts = [
    mount('8:1', '/', '/'),
    mount('8:1', '/etc', '/srv/settings'),
    mount('8:1', '/etc/ssh', '/srv/keys'),
    mount('8:1', '/etc/shadow', '/srv/one-file'),
    mount('8:1', '/', '/mnt/whole'),
    mount('8:1', '/etcetera', '/srv/other'),
    mount('8:2', '/', '/data'),
    mount('8:2', '/etc', '/srv/of-another-disk'),
  ];
  assert.deepEqual(mountAliases('/etc', mounts), ['/srv/settings', '/srv/keys', '/srv/one-file', '/mnt/whole/etc']);
  assert.deepEqual(mountAliases('/data/x', [...mounts, mount('8:2', '/x/y', '/srv/y')]), ['/srv/y']);
  const subvolume = [mount('0:40', '/@', '/'), mount('0:40', '/@/etc', '/srv/a'), mount('0:40', '/', '/mnt/top')];
  assert.deepEqual(mountAliases('/etc', subvolume), ['/srv/a', '/mnt/top/@/etc']);
  const covered = [mount('8:1', '/', '/'), mount('8:1', '/x', '/srv/x'), mount('8:3', '/', '/x')];
  assert.deepEqual(mountAliases('/x', covered), []);
  assert.deepEqual(mountAliases('/etc', []), []);
});

test('AC-14a: a protected place that is bind-mounted elsewhere is protected there, too: a directory, one file, a home, our own, what is above them', (t) => {
  const base = realpathSync(temporaryDirectory(t));
  for (const name of ['system/cron', 'state/keys', 'homes/ann', 'a', 'b', 'c', 'd'])
    mkdirSync(join(base, name), { recursive: true });
  for (const name of ['system/cron/root', 'file']) writeFileSync(join(base, name), '');
  const binds = [
    ['system/cron', 'a'],
    ['state', 'b'],
    ['homes', 'c'],
    ['system', 'd'],
    ['system/cron/root', 'file'],
  ].map(([from, to]) => `mount --bind ${join(base, from ?? '')} ${join(base, to ?? '')}`);
  const script = `${binds.join(' && ')} && cat /proc/self/mountinfo`;
  const shell = spawnSync('unshare', ['-m', '--propagation', 'private', 'sh', '-c', script], { encoding: 'utf8' });
  assert.equal(shell.status, 0, shell.stderr);
  const table = join(base, 'mountinfo');
  writeFileSync(table, shell.stdout);
  const facts = readProtectedFacts(
    [join(base, 'state')],
    [join(base, 'homes/ann')],
    [join(base, 'system/cron')],
    readMounts(table),
  );
  for (const path of ['a/root', 'b/keys/vault.key', 'c/ann/.profile', 'd/cron/root', 'file'])
    assert.equal(isProtectedPlace(join(base, path), facts), true, path);
  for (const path of ['c/ann/mail', 'd/other', 'x'])
    assert.equal(isProtectedPlace(join(base, path), facts), false, path);
});
