// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ownerAmong, ownerOfUser, parseSubordinates } from './user-owner.ts';

test('subordinate users are charged to whom they are given, others to themselves; lines that are none are left', () => {
  const accounts = 'root:x:0:0::/root:/bin/sh\nanna:x:1000:1000::/home/anna:/bin/sh\n';
  const ranges = parseSubordinates('anna:100000:65536\n1001:200000:65536\nnobody-there:300000:10\nx\n', accounts);
  assert.deepEqual(
    [0, 1000, 99_999, 100_000, 165_535, 165_536, 200_000, 300_000].map((uid) => ownerAmong(ranges, uid)),
    [0, 1000, 99_999, 1000, 1000, 165_536, 1001, 300_000],
  );
  assert.equal(ownerOfUser(0), 0);
});
