// SPDX-License-Identifier: Apache-2.0
// A real permission listener on a tmpfs of the test's own, in a mount namespace of its own; it answers everything, and ends with the test and by its own alarm.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { temporaryDirectory } from '@lazaret/testkit';
import { readOtherProducts, requireNoInterceptor } from './other-products.ts';

const LISTENER = `
import ctypes, os, select, signal, sys
signal.alarm(30)
libc = ctypes.CDLL(None, use_errno=True)
fd = libc.fanotify_init(0 if sys.argv[2] == 'notification' else 0x4, os.O_RDONLY)  # FAN_CLASS_CONTENT
assert fd >= 0, os.strerror(ctypes.get_errno())
mask = ctypes.c_uint64(0x10000 if sys.argv[2] == 'permission' else 0x20)
assert sys.argv[2] == 'unmarked' or libc.fanotify_mark(fd, 0x11, mask, -100, sys.argv[1].encode()) == 0, os.strerror(ctypes.get_errno())
print('ready', flush=True)
while True:
    select.select([fd], [], [])
    data = os.read(fd, 4096)
    for at in range(0, len(data), 24):
        event = int.from_bytes(data[at + 16:at + 20], 'little', signed=True)
        if event >= 0:
            if sys.argv[2] == 'permission': os.write(fd, event.to_bytes(4, 'little') + (1).to_bytes(4, 'little'))
            os.close(event)
`;

test('SY-5a: a product that intercepts, or holds a group made for that, is named and refused; one that only listens is neither', async (t) => {
  const place = temporaryDirectory(t);
  const script = `mount -t tmpfs none ${place} && exec python3 -c "$1" ${place} "$2"`;
  const listen = async (kind: string): Promise<number> => {
    const argv = ['-m', 'bash', '-c', script, 'bash', LISTENER, kind];
    const child = spawn('unshare', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    return child.pid ?? -1;
  };
  const listener = await listen('notification');
  assert.ok(!readOtherProducts().some(({ pid }) => pid === listener));
  const holder = await listen('unmarked');
  assert.ok(readOtherProducts().some(({ pid, intercepts }) => pid === holder && intercepts));
  process.kill(holder, 'SIGKILL');
  const interceptor = await listen('permission');
  const found = readOtherProducts().find(({ pid }) => pid === interceptor);
  assert.deepEqual(found, { name: 'python3', pid: interceptor, intercepts: true });
  assert.throws(requireNoInterceptor, { code: 'system.other_product' });
});
