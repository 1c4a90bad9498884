// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { PrivateMounts } from '@lazaret/testkit';

/** Mounts a file system in user space under the name that sshfs has, whose program answers nothing, and holds it for a minute at most. */
const HOLD = `
import ctypes, os, sys, time
libc = ctypes.CDLL(None, use_errno=True)
device = os.open('/dev/fuse', os.O_RDWR)
options = f'fd={device},rootmode=40000,user_id=0,group_id=0'.encode()
if libc.mount(b'host:/srv', sys.argv[1].encode(), b'fuse.sshfs', 0, options) != 0:
    raise OSError(ctypes.get_errno(), 'mount')
print('mounted', flush=True)
time.sleep(60)
`;

test('a network file system is no place of a scan over all that is local, whatever else is mounted', async (t) => {
  const mounts = await PrivateMounts.open('mkdir remote');
  const holder = mounts.start('/usr/bin/python3', '-c', HOLD, mounts.inside('remote'));
  t.after(async () => {
    holder.kill('SIGKILL');
    await mounts.close();
  });
  await once(holder.stdout ?? holder, 'data');
  const program = `
    import { readMountTable } from ${JSON.stringify(join(import.meta.dirname, 'mounts.ts'))};
    const table = readMountTable();
    const [remote, above] = process.argv.slice(1).map((path) => Buffer.from(path));
    console.log(JSON.stringify([table.classAt(remote), table.typeAt(remote), table.classAt(above), table.localTypes]));
  `;
  const node = join(import.meta.dirname, '../../../../../tools/node');
  const { stdout, stderr } = mounts.run(
    node,
    '--input-type=module',
    '-e',
    program,
    mounts.inside('remote'),
    mounts.directory,
  );
  assert.notEqual(stdout, '', stderr);
  const [remote, type, above, localTypes] = JSON.parse(stdout) as [string, string, string, readonly string[]];
  assert.deepEqual([remote, type, above], ['fuse-network', 'fuse.sshfs', 'local']);
  assert.ok(localTypes.includes('tmpfs'));
  assert.ok(!localTypes.includes('fuse.sshfs'), localTypes.join(' '));
  assert.ok(!localTypes.includes('proc'));
});
