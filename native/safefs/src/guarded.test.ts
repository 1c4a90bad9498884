// SPDX-License-Identifier: Apache-2.0
// No name leads into a file system in user space that a user mounted: nobody serves these here, so whoever asked one would never come back.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const MOUNT = `
import ctypes, os, sys
device = os.open('/dev/fuse', os.O_RDWR)
options = f'fd={device},rootmode=40000,user_id=1001,group_id=1001,allow_other'.encode()
assert ctypes.CDLL(None).mount(b'a,user_id=0,b', os.fsencode(sys.argv[1]), b'fuse', 0, options) == 0
os.set_inheritable(device, True)
os.execvp(sys.argv[2], sys.argv[2:])
`;

const LOOK = `
import { constants, openSync } from 'node:fs';
import { describeAt, openAt, openDirectory, openDirectoryAt, openForScan, placeOf } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
const root = process.argv[1];
const directoryFd = openDirectory(Buffer.from(root));
const inside = openSync(root + '/silent', 0o10000000 | constants.O_DIRECTORY);
const name = Buffer.from('silent');
const codeOf = (call) => { try { call(); return 'none'; } catch ({ code }) { return code; } };
const codes = [
  codeOf(() => openDirectory(Buffer.from(root + '/silent'))),
  codeOf(() => openDirectory(Buffer.from(root + '/silent/below'))),
  codeOf(() => openDirectoryAt(directoryFd, name)),
  codeOf(() => openDirectoryAt(inside, Buffer.from('.'))),
  codeOf(() => openDirectoryAt(inside, Buffer.from('below'))),
  codeOf(() => openAt({ directoryFd, name }, constants.O_RDONLY)),
  codeOf(() => describeAt({ directoryFd, name })),
  placeOf(Buffer.from(root + '/silent/below')).code,
  (await openForScan([{ path: Buffer.from(root + '/silent/below') }]))[0].code,
];
console.log(codes.join(' '));
`;

test('no way of naming asks a file system in user space that a user mounted, whatever its place and source are called', () => {
  const root = mkdtempSync(join(tmpdir(), 'lazaret-a,user_id=0,b-'));
  try {
    const script = 'mkdir silent; exec python3 -c "$1" "$0/silent" "$2" --input-type=module-typescript -e "$3" "$0"';
    const argv = ['-m', 'timeout', '-s', 'KILL', '20', 'bash', '-ec', `mount -t tmpfs none "$0"; cd "$0"; ${script}`];
    const ran = spawnSync('unshare', [...argv, root, MOUNT, process.execPath, LOOK], { encoding: 'utf8' });
    assert.equal(ran.stdout, `${Array(9).fill('EREMOTEIO').join(' ')}\n`, ran.stderr);
  } finally {
    rmSync(root, { recursive: true });
  }
});
