// SPDX-License-Identifier: Apache-2.0
// RT-8 by kind of file system: each that this kernel can mount from an image of the test's own, in the host's tree and in a mount namespace of somebody's own,
// is covered within a second of its mount – or it is listed as not covered, with why.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { eicar, withinOnce } from '@lazaret/testkit';
import { refusedBy } from '../support/realtime-access.ts';
import { makeRealtime, plant, type RealtimeProduct, within } from '../support/realtime-product.ts';
import { PROGRAMS } from '../support/places.ts';

const TIMEOUT = { timeout: 600_000 };
/** On a busy machine the answer must be the verdict's, not the deadline's. */
const PATIENT = ['--action', 'deny', '--deadline-ms', '60000'];

/** How each is made, and mounted at `in/own`. */
const KINDS: Readonly<Record<string, { readonly make: string; readonly mount: readonly string[] }>> = {
  ext4: { make: 'truncate -s 32M ext4.image; mkfs.ext4 -q ext4.image', mount: ['-o', 'loop', 'ext4.image'] },
  ext2: { make: 'truncate -s 32M ext2.image; mkfs.ext2 -q ext2.image', mount: ['-o', 'loop', 'ext2.image'] },
  xfs: { make: 'truncate -s 320M xfs.image; mkfs.xfs -q xfs.image', mount: ['-o', 'loop', 'xfs.image'] },
  btrfs: {
    make: 'truncate -s 128M btrfs.image; mkfs.btrfs -q btrfs.image >/dev/null',
    mount: ['-o', 'loop', 'btrfs.image'],
  },
  ramfs: { make: 'true', mount: ['-t', 'ramfs', 'none'] },
  overlay: {
    make: 'mkdir lower upper work',
    mount: ['-t', 'overlay', '-o', 'lowerdir=$PWD/lower,upperdir=$PWD/upper,workdir=$PWD/work', 'none'],
  },
};

interface Status {
  readonly notCovered: readonly { readonly type: string; readonly mountPoint: string; readonly why: string | null }[];
}

test(
  'RT-8a: ext4, ext2, XFS, Btrfs, ramfs and an overlay are covered within a second of their mount, in the host’s tree and in a mount namespace of their own',
  TIMEOUT,
  async (t) => {
    const makeAll = Object.values(KINDS).map(({ make }) => make);
    const product = await makeRealtime(t, ['mkdir -p in/own', ...makeAll].join('; '));
    const { mounts } = product;
    const realtime = await product.start('--watch', mounts.inside('in'), ...PATIENT);
    const program = join(PROGRAMS, 'private-mount.py');
    for (const [kind, { mount }] of Object.entries(KINDS))
      for (const how of ['here', 'process'] as const) {
        await withinOnce(1_000, () => {
          const command = ['mount', ...mount, 'in/own'].join(' ');
          const tried = within(
            mounts,
            `python3 ${program} ${how} in/own ${eicar().toString('base64')} ${command}`,
            60_000,
          );
          if (how === 'here') within(mounts, 'umount in/own');
          assert.equal(tried.code, 0, `${kind}, ${how}: ${tried.stderr}`);
          return Number(tried.stdout);
        });
        await refusedBy(realtime, `own/${how}.com`);
      }
  },
);

async function listed({ lazaret }: RealtimeProduct): Promise<Status['notCovered']> {
  const { stdout, stderr } = await lazaret('realtime', 'stats', '--json');
  assert.notEqual(stdout, '', stderr);
  return (JSON.parse(stdout) as Status).notCovered;
}

test(
  'RT-8a: a file system in user space, and an overlay of layers with relative names, mounted while real-time is on, are listed as not covered, with why, as long as they are there',
  TIMEOUT,
  async (t) => {
    const product = await makeRealtime(
      t,
      `mkdir -p in/fuse in/ext4; ${KINDS['ext4']?.make}; mount -o loop ext4.image in/ext4; ${plant('in/ext4/a.com')}`,
    );
    const { mounts } = product;
    await product.start('--watch', mounts.inside('in'), ...PATIENT);
    const isListed = async (): Promise<boolean> =>
      (await listed(product)).some(({ mountPoint }) => mountPoint.endsWith('in/fuse'));
    assert.equal(await isListed(), false);
    const server = mounts.start(
      'timeout',
      '-s',
      'KILL',
      '300',
      'python3',
      join(PROGRAMS, 'silent-files.py'),
      mounts.inside('in/fuse'),
      'open',
      '1000',
      '1001',
    );
    t.after(async () => {
      server.kill('SIGTERM');
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    });
    if (server.stdout) await once(server.stdout, 'data');
    for (let look = 0; !(await isListed()); look++) assert.ok(look < 60, 'it is listed');
    const rows = await listed(product);
    assert.match(rows.find(({ mountPoint }) => mountPoint.endsWith('in/fuse'))?.why ?? '', /a user's program answers/);
    assert.deepEqual(
      rows.filter(({ mountPoint }) => mountPoint.endsWith('in/ext4')),
      [],
      'what is watched is not in the list',
    );
    within(
      mounts,
      'mkdir lower upper work in/merged; mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work none in/merged',
    );
    const relative = async (): Promise<boolean> =>
      (await listed(product)).some(({ mountPoint, why }) => mountPoint.endsWith('in/merged') && why !== null);
    for (let look = 0; !(await relative()); look++) assert.ok(look < 60, 'an overlay whose layers nobody can find');
    within(mounts, 'umount -l in/fuse');
    for (let look = 0; await isListed(); look++) assert.ok(look < 60, 'it is gone from the list');
  },
);
