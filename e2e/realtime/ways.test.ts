// SPDX-License-Identifier: Apache-2.0
// Every way to a file's content, with the real product: whichever name, mount, namespace or call it takes, what is infected is refused.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eicar, withinOnce } from '@lazaret/testkit';
import { assertReadable, assertRefused, compileWays, EXT4, ofPath, refusedBy } from '../support/realtime-access.ts';
import {
  type RealtimeProduct,
  type RunningRealtime,
  makeRealtime,
  plant,
  within,
} from '../support/realtime-product.ts';
import { PROGRAMS } from '../support/places.ts';

const TIMEOUT = { timeout: 300_000 };
/** On a busy machine the answer must be the verdict's, not the deadline's. */
const PATIENT = ['--action', 'deny', '--deadline-ms', '60000'];
const IN_OWN_NAMESPACE = 'unshare -m --propagation private bash -c';

async function watchIn(product: RealtimeProduct, ...more: string[]): Promise<RunningRealtime> {
  return await product.start('--watch', product.mounts.inside('in'), ...more, ...PATIENT);
}

test(
  'RT-1e: what is renamed or hard-linked into scope is scanned at once; a directory that is moved there, at its files’ next open',
  TIMEOUT,
  async (t) => {
    const product = await makeRealtime(t, 'mkdir in out other out/tree out/tree/deep; mount -t tmpfs none other');
    const { mounts } = product;
    for (const name of ['out/a.com', 'out/b.com', 'other/c.com', 'out/tree/deep/d.com']) within(mounts, plant(name));
    const realtime = await watchIn(product);
    for (const name of ['out/a.com', 'out/b.com', 'other/c.com', 'out/tree/deep/d.com'])
      assertReadable(mounts, `cat ${name}`);
    within(
      mounts,
      'mv out/a.com in/moved.com; ln out/b.com in/linked.com; mv other/c.com in/came.com; mv out/tree in/tree',
    );
    // Nobody opened these: seen by the rename, the link, the close after the copy.
    for (const name of ['moved.com', 'linked.com', 'came.com']) {
      const { access, opener } = await realtime.line('detection', ofPath(name));
      // A copy is a new name, and a close after a write: whichever is looked at first.
      assert.ok(access === 'moved' || (access === 'close-write' && name === 'came.com'), `${name}: ${String(access)}`);
      assert.equal(opener, null);
    }
    for (const name of ['in/moved.com', 'in/linked.com', 'in/came.com', 'in/tree/deep/d.com'])
      assertRefused(mounts, `cat ${name}`);
    await refusedBy(realtime, 'tree/deep/d.com');
    await realtime.stop();
    assert.deepEqual(readFileSync(mounts.path('in/moved.com')), eicar());
  },
);

test(
  'a bind mount is no way round: into scope, out of it, in the host’s tree and in a namespace of its own',
  TIMEOUT,
  async (t) => {
    const product = await makeRealtime(
      t,
      'mkdir in in/sub in/bound out other; mount -t tmpfs none other; echo x > other/x',
    );
    const { mounts } = product;
    for (const name of ['in/sub/a.com', 'other/b.com']) within(mounts, plant(name));
    within(mounts, 'mount --bind other in/bound; mount --bind in/sub out');
    for (const name of ['other/b.com', 'in/bound/b.com', 'in/sub/a.com', 'out/a.com'])
      assertReadable(mounts, `cat ${name}`);
    const realtime = await watchIn(product);
    assertRefused(mounts, 'cat in/bound/b.com');
    await refusedBy(realtime, 'bound/b.com');
    // Its path reads "out/a.com", and it is the very file of in/sub.
    assertRefused(mounts, 'cat out/a.com');
    assertRefused(mounts, `${IN_OWN_NAMESPACE} 'mount --bind in/sub other; cat other/a.com'`);
    assertRefused(mounts, `${IN_OWN_NAMESPACE} 'mount --bind in/sub other; cd other; umount -l .; cat a.com'`);
  },
);

/** Each is a command that reads `$file`, or would change it. */
const WAYS = (ways: string): Readonly<Record<string, string>> => ({
  'a plain open': 'cat $file',
  'a mapping': `${ways} mapping $file`,
  exec: '$file',
  'exec by its interpreter': 'bash $file',
  '/proc/self/fd': `${ways} reopened $file`,
  '/proc/PID/root': 'cat /proc/$$/root/$PWD/$file',
  '/proc/PID/cwd': 'cat /proc/$$/cwd/$file',
  open_by_handle_at: `${ways} by-handle $(dirname $file) $(${ways} handle $file)`,
  io_uring: `${ways} ring $file`,
  'io_uring, in a worker of the kernel': `${ways} ring-worker $file`,
  'a root of its own':
    'python3 -c "import os, sys; os.chroot(sys.argv[1]); print(open(sys.argv[2]).read())" $(dirname $file) /$(basename $file)',
});

test(
  'RT-1a, RT-1c, RT-6a: whichever call opens or runs it – exec, /proc, a file handle, io_uring – an infected file is refused on ext4 and on tmpfs',
  TIMEOUT,
  async (t) => {
    const ways = compileWays(t);
    const product = await makeRealtime(
      t,
      `mkdir in in/tmpfs in/ext4; mount -t tmpfs none in/tmpfs; ${EXT4}; mount -o loop ext4.image in/ext4`,
    );
    const { mounts } = product;
    const files = ['in/tmpfs/a.com', 'in/ext4/a.com'];
    for (const file of files) within(mounts, `${plant(file)}; chmod 755 ${file}`);
    for (const file of files)
      for (const way of Object.values(WAYS(ways)).filter((one) => !/^(bash )?\$file$/.test(one)))
        assertReadable(mounts, `file=${file}; ${way}`);
    const realtime = await watchIn(product);
    for (const file of files)
      for (const way of Object.values(WAYS(ways))) assertRefused(mounts, `file=${file}; ${way}`);
    const { attempts } = await refusedBy(realtime, 'ext4/a.com');
    assert.ok(Number(attempts) >= 1);
  },
);

test('open_by_handle_at of a file that the kernel has no name in mind for: it is looked at', TIMEOUT, async (t) => {
  const ways = compileWays(t);
  const product = await makeRealtime(t, `mkdir in; ${EXT4}; mount -o loop ext4.image in`);
  const { mounts } = product;
  const [type, handle] = within(
    mounts,
    `mkdir in/deep; ${plant('in/deep/a.com')}; ${ways} handle in/deep/a.com`,
  ).stdout.split(' ');
  // Freshly mounted, nobody has looked the name up.
  const fresh = 'umount in; mount -o loop ext4.image in';
  assertReadable(mounts, `${fresh}; ${ways} by-handle in ${type} ${handle}`);
  within(mounts, fresh);
  await watchIn(product);
  assertRefused(mounts, `${ways} by-handle in ${type} ${handle}`);
});

test(
  'RT-1e: a file that gets its content without a name is refused before it has one, and found when it gets one',
  TIMEOUT,
  async (t) => {
    const ways = compileWays(t);
    const product = await makeRealtime(
      t,
      `mkdir in in/tmpfs in/ext4; mount -t tmpfs none in/tmpfs; ${EXT4}; mount -o loop ext4.image in/ext4`,
    );
    const { mounts } = product;
    const script = (place: string): string =>
      `base64 -d <<< ${eicar().toString('base64')} | ${ways} without-name ${place} ${place}/b.com`;
    for (const place of ['in/tmpfs', 'in/ext4']) assertReadable(mounts, `${script(place)}; rm ${place}/b.com`);
    const realtime = await watchIn(product);
    for (const place of ['in/tmpfs', 'in/ext4']) {
      const { stdout, stderr } = within(mounts, `LC_ALL=C ${script(place)}`);
      assert.equal(stdout, '');
      assert.equal(
        stderr.match(/Operation not permitted/g)?.length,
        2,
        `${place}: without a name, and with one: ${stderr}`,
      );
      await realtime.line('detection', ofPath(`${place.slice(3)}/b.com`));
    }
  },
);

test(
  'RT-8a: a tmpfs in a mount namespace of its own is covered within a second, as one in the host’s; also where the namespace’s first process sees nothing of it, a thread alone is there, or an ordinary user made it in a user namespace',
  TIMEOUT,
  async (t) => {
    const product = await makeRealtime(t, 'mkdir -p in/own');
    const { mounts } = product;
    const realtime = await watchIn(product);
    for (const how of ['here', 'process', 'caged', 'thread', 'user']) {
      const program = join(PROGRAMS, 'private-mount.py');
      await withinOnce(1_000, () => {
        const tried = within(mounts, `python3 ${program} ${how} in/own ${eicar().toString('base64')}`);
        assert.equal(tried.code, 0, `${how}: ${tried.stderr}`);
        return Number(tried.stdout);
      });
      const { opener } = (await refusedBy(realtime, `own/${how}.com`)) as unknown as { opener: { container: string } };
      if (how === 'process' || how === 'caged') assert.match(opener.container, /^mnt:\[\d+\]$/);
    }
  },
);

test(
  'RT-8b: an overlay is watched through the file systems of its layers: in the host’s tree and in a private one, on ext4 and tmpfs, however it was mounted',
  TIMEOUT,
  async (t) => {
    const ways = compileWays(t);
    const product = await makeRealtime(
      t,
      `mkdir in disk memory; ${EXT4}; mount -o loop ext4.image disk; mount -t tmpfs none memory`,
    );
    const { mounts } = product;
    const layers = (at: string): string =>
      `lowerdir=$PWD/${at}/lower,upperdir=$PWD/${at}/upper,workdir=$PWD/${at}/work`;
    // The layers lie out of scope; what is in it is the overlay.
    for (const at of ['disk', 'memory']) {
      within(mounts, `mkdir ${at}/{lower,upper,work,lower2,upper2,work2} in/${at} in/${at}2`);
      within(mounts, `${plant(`${at}/lower/a.com`)}; cp ${at}/lower/a.com ${at}/lower2/a.com`);
      within(mounts, `mount -t overlay -o ${layers(at)} none in/${at}`);
      const mounted = within(
        mounts,
        `${ways} overlay $PWD/${at}/{lower,upper,work}2 $PWD/in/${at}2; ${plant(`in/${at}2/b.com`)}`,
      );
      assert.equal(mounted.code, 0, mounted.stderr);
      for (const file of [`in/${at}/a.com`, `in/${at}2/a.com`, `in/${at}2/b.com`])
        assertReadable(mounts, `cat ${file}`);
    }
    const realtime = await watchIn(product);
    for (const at of ['disk', 'memory']) {
      // Lower, upper, and what would be copied up by a write.
      for (const read of [
        `cat in/${at}/a.com`,
        `cat in/${at}2/a.com`,
        `cat in/${at}2/b.com`,
        `echo x >> in/${at}/a.com`,
      ])
        assertRefused(mounts, read);
      await refusedBy(realtime, `in/${at}/a.com`);
    }
    const own = (type: string): string =>
      `mkdir in/own; mount ${type} in/own; mkdir -p in/own/{lower,upper,work} in/merged; mount -t overlay -o ${layers('in/own')} none in/merged; ${plant('in/merged/c.com')}; for wait in {1..200}; do cat in/merged/c.com >/dev/null 2>&1 || break; sleep 0.05; done; LC_ALL=C cat in/merged/c.com; umount in/merged in/own; rmdir in/own`;
    assertRefused(mounts, `${IN_OWN_NAMESPACE} '${own('-t tmpfs none')}'`);
    within(mounts, `mv ext4.image other.image; ${EXT4}`);
    assertRefused(mounts, `${IN_OWN_NAMESPACE} '${own('-o loop ext4.image')}'`);
  },
);

test(
  'no container can name its files as excluded ones: a tmpfs, a bind mount or an overlay at that place is not exempt',
  TIMEOUT,
  async (t) => {
    const product = await makeRealtime(
      t,
      'mkdir in in/excluded in/layers in/layers/{lower,upper,work}; chmod 777 in/layers',
    );
    const { mounts } = product;
    for (const name of ['in/excluded/host.com', 'in/layers/lower/a.com']) within(mounts, plant(name));
    const policy = product.writePolicy({
      realtime: { exceptions: [{ match: { directory: mounts.inside('in/excluded') } }] },
    });
    await watchIn(product, '--policy', policy);
    assertReadable(mounts, 'cat in/excluded/host.com');
    const wait = (name: string): string =>
      `for wait in {1..200}; do cat ${name} >/dev/null 2>&1 || break; sleep 0.05; done; LC_ALL=C cat ${name}`;
    assertRefused(mounts, `${IN_OWN_NAMESPACE} 'mount --bind in/layers/lower in/excluded; cat in/excluded/a.com'`);
    assertRefused(
      mounts,
      `${IN_OWN_NAMESPACE} 'mount -t tmpfs none in/excluded; ${plant('in/excluded/b.com')}; ${wait('in/excluded/b.com')}'`,
    );
    const layers = (at: string): string =>
      `-o lowerdir=$PWD/${at}/lower,upperdir=$PWD/${at}/upper,workdir=$PWD/${at}/work`;
    assertRefused(
      mounts,
      `${IN_OWN_NAMESPACE} 'mount -t overlay ${layers('in/layers')} none in/excluded; ${wait('in/excluded/a.com')}'`,
    );
    assertRefused(
      mounts,
      `${IN_OWN_NAMESPACE} 'mount -t overlay ${layers('in/layers')} none in/excluded; ${plant('in/excluded/c.com')}; ${wait('in/excluded/c.com')}'`,
    );
    const own = 'mkdir -p in/own; mount -t tmpfs none in/own; mkdir in/own/{lower,upper,work};';
    assertRefused(
      mounts,
      `${IN_OWN_NAMESPACE} '${own} mount -t overlay ${layers('in/own')} none in/excluded; ${plant('in/excluded/d.com')}; ${wait('in/excluded/d.com')}'`,
    );
  },
);

test(
  'EX-1a: an exception holds for a service that has mounts of its own, in a directory of its own account where nobody else has been since the disk was mounted',
  TIMEOUT,
  async (t) => {
    const [data, mountDisk] = ['in/disk/data', 'mount -o loop ext4.image in/disk'];
    const make = `mkdir -p ${data}; ${plant(`${data}/a.com`)}; chmod 755 ${data}; chown -R 1000:1000 ${data}`;
    const product = await makeRealtime(
      t,
      `mkdir -p in/disk; ${EXT4}; ${mountDisk}; ${make}; umount in/disk; ${mountDisk}`,
    );
    const { mounts } = product;
    const exceptions = [{ match: { directory: mounts.inside(data) } }];
    await watchIn(product, '--policy', product.writePolicy({ realtime: { exceptions } }));
    const asOwner = 'setpriv --reuid=1000 --regid=1000 --clear-groups';
    assertReadable(mounts, `${IN_OWN_NAMESPACE} '${asOwner} cat ${data}/a.com'`);
  },
);

test('what cannot be watched is said: files in memory, which have no path', TIMEOUT, async (t) => {
  const product = await makeRealtime(t, 'mkdir in');
  const realtime = await watchIn(product);
  const ready = await realtime.line('ready');
  const places = ready['notCovered'] as readonly { mountPoint: string }[];
  assert.ok(
    places.some(({ mountPoint }) => mountPoint === 'memfd:'),
    JSON.stringify(places),
  );
});
