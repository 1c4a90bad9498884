// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScanScope, VmDetail } from '@lazaret/contract';
import { scopeWord, vmForPeople } from './vm-for-people.ts';

const DEMO: ScanScope = {
  directories: 'list',
  paths: ['/srv/demo\u202e'],
  morePaths: 0,
  files: 'intelliscan',
  exceptions: 1,
};
const EVERYWHERE: ScanScope = { directories: 'all', paths: [], morePaths: 0, files: 'all', exceptions: 0 };

const VM: VmDetail = {
  id: '01939d00-0000-7000-8000-000000001000',
  name: 'web\u001b[2J',
  group: null,
  link: { state: 'online', lastSeenAt: '2026-11-25T02:00:00.000Z' },
  protection: { state: 'starter-only', why: null },
  settings: {
    state: 'applied',
    desired: { policyId: '01939d00-0000-7000-8000-000000000020', name: 'Web', revision: 3, hash: 'x' },
    applied: { hash: 'x', revision: 3 },
  },
  protects: { realtime: DEMO, scheduled: null },
  patterns: { release: 'starter-1', since: '2026-11-24T02:00:00.000Z', signatures: 8_712, starterOnly: true },
  system: { os: 'Debian', kernel: '6.1', agentVersion: '0.1.0', addresses: ['10.0.0.1'], zone: null },
  alarms: [],
  runningScanId: null,
  lastScan: null,
  createdAt: '2026-11-24T02:00:00.000Z',
  origin: null,
  clockOffsetMs: 0,
  disk: null,
  memoryBytes: null,
  otherAntiVirus: [],
  knock: null,
  notApplied: [],
  coverage: null,
  mounts: [],
  realtime: null,
  vault: null,
  certificate: null,
  acceptedAt: null,
  retiredAt: null,
};

test('a VM is shown in lines for people: what protects it, how much, and the way out where that is the starter set', () => {
  const text = vmForPeople(VM).join('\n');
  assert.match(text, /^Name +web\\u001b\[2J$/m);
  assert.match(text, /^Protection +protected by the starter patterns only$/m);
  assert.match(text, /^Real-time +1 directory: \/srv\/demo\\u202e; file types of IntelliScan; 1 exception$/m);
  assert.match(text, /^Scheduled +off$/m);
  assert.match(text, /^Patterns +8,712 signatures, starter-1, of 2026-11-24 02:00 UTC$/m);
  assert.match(text, /This VM has only the starter set.*Import a full release/);
  assert.match(text, /^Settings +applied: Web, revision 3$/m);
  assert.doesNotMatch(text, /[{}"]|null|undefined/);
});

test('why it is not protected is told in words with what to do, and a policy of its own is said', () => {
  const off = vmForPeople({ ...VM, protection: { state: 'off', why: 'scanner.down' }, protects: null }).join('\n');
  assert.match(off, /off: the scan process is not running\n +\S.*\./);
  assert.match(off, /^Real-time +not known/m);
  const words = [{ protects: null }, { protects: { realtime: null, scheduled: null } }, VM].map(scopeWord);
  assert.deepEqual(words, ['–', 'off', '1 directory']);
  assert.equal(scopeWord({ protects: { realtime: EVERYWHERE, scheduled: null } }), 'everywhere');
});
