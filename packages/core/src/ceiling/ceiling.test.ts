// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decideBrake, defaultCeiling, refuseFetch, refuseRemoval, refuseRestore, type Ceiling } from './ceiling.ts';
import { isProtectedPlace } from './protected-places.ts';

const FACTS = {
  ownDirectories: ['/var/opt/lazaret', '/opt/lazaret'],
  homes: ['/home/ann', '/var/www', '/srv/git'],
  systemElsewhere: ['/data/roothome'],
};
const PROTECTED = [
  '/etc',
  '/etc/shadow',
  '/etc/systemd/system/x.service',
  '/root/.bashrc',
  '/root',
  '/boot/grub/grub.cfg',
  '/usr/bin/sudo',
  '/usr/local/bin/x',
  '/lib/systemd/system/x.service',
  '/usr/lib/systemd/user/x.service',

  '/var/spool/cron/crontabs/root',
  '/var/lib/dpkg/status',
  '/var/lib/rpm/Packages',
  '/run/systemd/system/x.service',

  '/home/ann/.ssh/authorized_keys',
  '/home/bob/.profile',
  '/home/bob/.config/autostart/x.desktop',
  '/var/www/.bashrc',
  '/srv/x/.ssh/id_rsa',
  '/srv/git/.config/x',
  '/var/opt/lazaret/keys/vault.key',
  '/opt/lazaret/lazaret',
  '/usr/share/perl5/strict.pm',
  '/usr/share/bash-completion/bash_completion',
  '/var/backups/shadow.bak',
  '/var/lib/sss/db/cache_corp.ldb',
  '/.snapshots/1/snapshot/etc/shadow',
  '/sysroot/ostree/deploy/os/deploy/1.0/etc/passwd',
  '/srv/images/one/etc/shadow',
  '/srv/old/gshadow-',
  '/home/corp/ann/.bashrc',
  '/home/corp/ann/.config/autostart/x.desktop',
  '/data/roothome/.profile',
  '/srv/../etc/passwd',
  '//etc//passwd',
  '/srv/./../root/x',
  'etc/passwd',
  '',
  '/home/ann/x/.y',
  ...['.ssh', 'authorized_keys', '.rhosts', '.shosts', 'sudoers', 'sudoers.d', '.snapshots'].map(
    (name) => `/srv/x/${name}`,
  ),
  ...['shadow', 'shadow-', 'shadow.bak', 'gshadow', 'gshadow-', 'gshadow.bak'].map((name) => `/srv/x/${name}`),
];
const FREE = [
  '/srv/x/.profile',
  '/home/ann/x/y/.z',
  '/srv/a',
  '/home/ann/mail/x',
  '/var/www/html/shell.php',
  '/etcetera/x',
  '/rooted',
  '/tmp/x',
  '/home/ann',
];

test('AC-14a: protected places are those by which the VM is run: start-up, settings, programs, packages, keys, our own', () => {
  for (const path of PROTECTED) assert.equal(isProtectedPlace(path, FACTS), true, path);
  for (const path of FREE) assert.equal(isProtectedPlace(path, FACTS), false, path);
});

test('AC-14a: no way of writing a protected path makes it another', () => {
  const noise = fc.constantFrom('/', '/.', '/x/..', '/a/b/../..', '//');
  fc.assert(
    fc.property(fc.constantFrom(...PROTECTED.slice(0, 16)), fc.array(noise), (path, parts) =>
      isProtectedPlace(`${parts.join('')}${path}`, FACTS),
    ),
  );
});

test('AC-14a: standard fetches and restores elsewhere, but not from or to protected places; strict does neither; the old place is free', () => {
  const strict: Ceiling = { ...defaultCeiling, grade: 'strict' };
  assert.deepEqual(defaultCeiling, {
    grade: 'standard',
    brake: { perHourMax: 1_000, sharePercentMax: 50, shareFrom: 100 },
  });
  const place = (verb: string, path: string) => ({
    code: 'ceiling.protected_place',
    why: `The file ${verb} ${path}, which is a protected place on this VM.`,
  });
  assert.equal(refuseFetch(defaultCeiling, ['/srv/a'], FACTS), null);
  assert.deepEqual(refuseFetch(defaultCeiling, ['/srv/a', '/etc/shadow'], FACTS), place('comes from', '/etc/shadow'));
  assert.deepEqual(refuseFetch(strict, ['/srv/a'], FACTS), {
    code: 'ceiling.strict',
    why: 'The manager cannot download quarantined files from this VM. The local ceiling of the VM is strict.',
  });
  const free = { paths: ['/srv/a'], to: '/srv/b' };
  assert.equal(refuseRestore(defaultCeiling, free, FACTS), null);
  assert.deepEqual(
    refuseRestore(defaultCeiling, { ...free, to: '/etc/cron.d/x' }, FACTS),
    place('would go to', '/etc/cron.d/x'),
  );
  // Put elsewhere it could be held again, and then be fetched.
  assert.deepEqual(
    refuseRestore(defaultCeiling, { paths: ['/srv/a', '/etc/shadow'], to: '/srv/b' }, FACTS),
    place('comes from', '/etc/shadow'),
  );
  assert.equal(refuseRestore(defaultCeiling, { paths: ['/etc/shadow'], to: null }, FACTS), null);
  assert.deepEqual(refuseRestore(strict, free, FACTS), {
    code: 'ceiling.strict',
    why: 'The manager can restore files on this VM only to their old path. The local ceiling of the VM is strict.',
  });
  assert.equal(refuseRestore(strict, { paths: ['/srv/a'], to: null }, FACTS), null);
  assert.deepEqual(
    refuseRemoval({ paths: ['/etc/shadow'], byTenantAlone: true }, FACTS),
    place('is in', '/etc/shadow'),
  );
});

test('AC-14b: what a tenant alone says is bad is not taken from a protected place', () => {
  assert.equal(refuseRemoval({ paths: ['/etc/shadow'], byTenantAlone: true }, FACTS)?.code, 'ceiling.protected_place');
  assert.equal(refuseRemoval({ paths: ['/etc/cron.d/miner'], byTenantAlone: false }, FACTS), null);
  assert.equal(refuseRemoval({ paths: ['/srv/x'], byTenantAlone: true }, FACTS), null);
});

test('AC-14c: the brake holds from its limit on: files of an hour, or the share of a run that is no sample of ten', () => {
  const counts = (lastHour: number, inRun: number, lookedAt: number | null) =>
    decideBrake(defaultCeiling, { lastHour, inRun, lookedAt });
  assert.deepEqual([counts(999, 0, null), counts(1_000, 0, null)], [null, 'per-hour']);
  assert.deepEqual([counts(0, 99, 100), counts(0, 100, 201), counts(0, 100, 200)], [null, null, 'share']);
  assert.equal(counts(0, 100, null), null, 'real-time has no run');
});
