// SPDX-License-Identifier: Apache-2.0
// With groups of the kernel's own: other-products.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interceptsOpens } from './fanotify-info.ts';

/** As Linux 6.1 tells it. */
const info = (flags: string, ...masks: readonly string[]): string =>
  [
    'pos:\t0',
    'flags:\t02',
    'mnt_id:\t15',
    'ino:\t4',
    `fanotify flags:${flags} event-flags:8000`,
    ...masks.map((mask) => `fanotify mnt_id:1d mflags:0 mask:${mask} ignored_mask:17ffff`),
    '',
  ].join('\n');

test('SY-5a: a group that is made to answer intercepts, marked or not', () => {
  for (const flags of ['4', '8', 'c', '1e', '24']) assert.ok(interceptsOpens(info(flags)), flags);
  for (const flags of ['0', '3', '13', '22']) assert.ok(!interceptsOpens(info(flags)), flags);
});

test('SY-5a: a mark that wants to be asked intercepts, whichever of them it is; one that is only told does not', () => {
  for (const mask of ['10000', '20000', '40000', '100000', '17ffff'])
    assert.ok(interceptsOpens(info('0', '20', mask)), mask);
  for (const mask of ['20', '8000000', '80000', 'ffff']) assert.ok(!interceptsOpens(info('0', mask, '20')), mask);
});

test('what is ignored, what belongs to something else, and nothing at all say nothing', () => {
  assert.ok(!interceptsOpens(''));
  assert.ok(
    !interceptsOpens('flags:4\nmask:10000\ninotify wd:1 mask:10000\nx fanotify flags:4\nx fanotify a mask:10000'),
  );
});
