// SPDX-License-Identifier: Apache-2.0
// The link over a wire that has one family or both, and over one that is cut.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { collect } from '../support/product.ts';
import { ROOT } from '../support/places.ts';

interface Seen {
  readonly addresses: readonly string[];
  readonly knocked: boolean;
  readonly found: number;
  readonly whileCutOff: number;
  readonly after: number;
}

const CASES = [
  ['ipv4', 'IPv4 alone', ['10.9.0.2']],
  ['ipv6', 'IPv6 alone', ['fd09::2']],
  ['both', 'both families', ['10.9.0.2', 'fd09::2']],
] as const;

for (const [family, words, addresses] of CASES) {
  test(`SY-3a, SY-7a, MG-8b: over ${words} – activation, policy, knock; cut off it works on, and tells afterwards what it found, once`, async (t) => {
    const journey = join(ROOT, 'e2e/support/network-journey.ts');
    const child = spawn('unshare', ['--net', process.execPath, journey, family], { stdio: ['ignore', 'pipe', 'pipe'] });
    t.after(() => void child.kill('SIGKILL'));
    const { stdout, stderr } = await collect(child);
    const last = stdout.trimEnd().split('\n').at(-1) ?? '';
    assert.ok(last.startsWith('{"addresses"'), stdout + stderr);
    const seen = JSON.parse(last) as Seen;
    assert.deepEqual(seen, { addresses, knocked: true, found: 1, whileCutOff: 0, after: 1 });
  });
}
