// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { describe, openForScan, TreeWalk, writeTimes } from './index.ts';

const SECOND = 1_000_000_000n;

/** Seconds that ext4, XFS and btrfs can all hold: 1901, just round 1970 and 2262 (where 64 bits of nanoseconds end), 2400, 2446. */
const SECONDS = [-2_147_483_647n, -1n, 0n, 9_223_372_036n, 9_223_372_037n, 13_569_465_600n, 15_032_385_534n];

function emptyFile(context: TestContext): string {
  const directory = fs.mkdtempSync(join(os.tmpdir(), 'lazaret-times-'));
  context.after(() => fs.rmSync(directory, { recursive: true }));
  const file = join(directory, 'file');
  fs.writeFileSync(file, '');
  return file;
}

test('AC-8b: times are read and set to the nanosecond before 1970 and behind 2262', async (context) => {
  const file = emptyFile(context);
  const fd = fs.openSync(file, 'r+');
  context.after(() => fs.closeSync(fd));
  for (const seconds of SECONDS) {
    const [access, modification] = [seconds * SECOND + 1n, seconds * SECOND + 999_999_999n];
    writeTimes(fd, access, modification);
    const { identity } = describe(fd);
    assert.deepEqual([identity.atimeNs, identity.mtimeNs], [access, modification]);
    const stat = fs.fstatSync(fd, { bigint: true });
    assert.deepEqual([stat.atimeNs, stat.mtimeNs], [access, modification], 'as Node reads them');
    const [opened] = await openForScan([{ path: Buffer.from(file) }]);
    assert.ok(opened?.opened);
    fs.closeSync(opened.fd);
    assert.equal(opened.identity.mtimeNs, modification);
    const walk = new TreeWalk({ root: Buffer.from(file) });
    assert.equal((await walk.next())?.at(-1)?.identity.mtimeNs, modification);
  }
});

test('a time that no system call can take is refused, and not set to another', (context) => {
  const file = emptyFile(context);
  const fd = fs.openSync(file, 'r+');
  context.after(() => fs.closeSync(fd));
  const before = describe(fd).identity.mtimeNs;
  assert.throws(() => writeTimes(fd, 0n, (1n << 63n) * SECOND), { code: 'EINVAL' });
  assert.equal(describe(fd).identity.mtimeNs, before);
});
