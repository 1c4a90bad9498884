// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideAlarms, planAlarms, type OpenAlarm, type WantedAlarm } from './plan-alarms.ts';
import type { VmRow } from './vm-facts.ts';

const NOW = Date.parse('2026-11-30T10:00:00Z');
const MINUTE = 60_000;

function vm(id: string, fields: Partial<VmRow> = {}): VmRow {
  return {
    id,
    name: `name of ${id}`,
    group_name: null,
    membership: 'active',
    created_at: new Date(NOW - 600 * MINUTE),
    accepted_at: new Date(NOW - 600 * MINUTE),
    last_seen_at: new Date(NOW),
    stopped_at: null,
    clock_difference_ms: '0',
    protection: 'protected',
    release_created_at: new Date(NOW),
    desired_hash: 'h',
    applied_hash: 'h',
    policy_since: new Date(NOW),
    addresses: ['10.1.2.3'],
    report: null,
    certificate_copied: false,
    ...fields,
  };
}
const silent = (id: string, fields: Partial<VmRow> = {}): VmRow =>
  vm(id, { last_seen_at: new Date(NOW - 10 * MINUTE), ...fields });
const decided = (...vms: VmRow[]): string[] =>
  decideAlarms(vms, NOW).map(({ kind, vmId, site, vmCount }) => `${kind} ${vmId} ${site} ${vmCount}`);

test('MG-4a: what one VM gives cause for is an alarm of that VM, with its name', () => {
  assert.deepEqual(decided(vm('a')), []);
  assert.deepEqual(decideAlarms([vm('a'), silent('b')], NOW), [
    {
      kind: 'offline',
      severity: 'act',
      facts: { minutes: 10, stopped: 0 },
      vmId: 'b',
      vmName: 'name of b',
      site: null,
      vmCount: 1,
    },
  ]);
});

test('MG-4b: a site of which no VM is heard is one alarm, with their number; what else its VMs have stays theirs', () => {
  const quiet = [silent('a'), silent('b', { certificate_copied: true }), silent('c')];
  assert.deepEqual(decideAlarms(quiet, NOW)[0], {
    kind: 'silent-site',
    severity: 'act',
    vmId: null,
    vmName: null,
    site: '10.1.2.0/24',
    vmCount: 3,
    facts: {},
  });
  assert.deepEqual(decided(...quiet), ['silent-site null 10.1.2.0/24 3', 'certificate-copied b null 1']);
  const elsewhere = silent('d', { addresses: ['10.9.9.9'] });
  assert.deepEqual(decided(...quiet, elsewhere).slice(0, 1), ['silent-site null 10.1.2.0/24 3']);
  assert.ok(decided(...quiet, elsewhere).includes('offline d null 1'), 'a site of one is that VM');
});

test('MG-4b: one VM that is heard makes it the others’ own; one that nobody expects does not', () => {
  const quiet = [silent('a'), silent('b'), silent('c')];
  assert.deepEqual(decided(...quiet, vm('d')), ['offline a null 1', 'offline b null 1', 'offline c null 1']);
  const unseen = vm('never', { last_seen_at: null, created_at: new Date(NOW) });
  const pending = vm('pending', { membership: 'pending' });
  assert.equal(decided(...quiet, unseen)[0], 'silent-site null 10.1.2.0/24 3');
  assert.equal(decided(...quiet, pending)[0], 'silent-site null 10.1.2.0/24 3');
});

test('MG-4b: VMs of a site that have another cause for an alarm, and are heard, are no quiet site', () => {
  const loud = ['a', 'b', 'c'].map((id) => vm(id, { certificate_copied: true }));
  assert.deepEqual(
    decided(...loud),
    ['a', 'b', 'c'].map((id) => `certificate-copied ${id} null 1`),
  );
});

test('VMs of which nobody knows where they stand are no site', () => {
  const lost = ['a', 'b', 'c'].map((id) => silent(id, { addresses: [] }));
  assert.deepEqual(decided(...lost), ['offline a null 1', 'offline b null 1', 'offline c null 1']);
});

const WANTED: WantedAlarm = {
  kind: 'disk-full',
  severity: 'act',
  vmId: 'a',
  vmName: 'name of a',
  site: null,
  vmCount: 1,
  facts: { freeBytes: 5, minutes: 1 },
};
const OPEN: OpenAlarm = {
  id: 'o1',
  kind: 'disk-full',
  severity: 'act',
  facts: { minutes: 7, freeBytes: 5 },
  vm_id: 'a',
  site: null,
  vm_count: 1,
  since: new Date(NOW),
  vm_name: 'name of a',
};
const NOTHING = { raise: [], refresh: [], clear: [] };

test('MG-4a: what has a cause is raised once, and cleared when its cause is gone', () => {
  assert.deepEqual(planAlarms([], [WANTED]), { ...NOTHING, raise: [WANTED] });
  assert.deepEqual(planAlarms([OPEN], [WANTED]), NOTHING);
  assert.deepEqual(planAlarms([OPEN], []), { ...NOTHING, clear: [OPEN] });
});

test('an alarm is the same by its kind, its VM and its site', () => {
  for (const [open, wanted] of [
    [OPEN, { ...WANTED, kind: 'offline' }],
    [OPEN, { ...WANTED, vmId: 'b' }],
    [
      { ...OPEN, vm_id: null, site: 'x' },
      { ...WANTED, vmId: null, site: 'y' },
    ],
    [
      { ...OPEN, vm_id: null, site: 'a' },
      { ...WANTED, vmId: 'a', site: null },
    ],
  ] as const)
    assert.deepEqual(planAlarms([open], [wanted]), { ...NOTHING, raise: [wanted], clear: [open] });
});

test('one that tells something else now is written anew; minutes that pass are nothing else', () => {
  for (const change of [{ severity: 'watch' }, { vmCount: 2 }, { facts: { freeBytes: 4 } }] as const) {
    const wanted = { ...WANTED, ...change };
    assert.deepEqual(planAlarms([OPEN], [wanted]), { ...NOTHING, refresh: [{ id: 'o1', wanted }] });
  }
});
