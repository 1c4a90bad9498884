// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testReport } from '../testing/test-report.ts';
import { factsOf, siteOf, type VmRow } from './vm-facts.ts';

const at = (time: string): Date => new Date(`2026-11-30T${time}Z`);

const ROW: VmRow = {
  id: 'v1',
  name: 'web-03',
  group_name: null,
  membership: 'active',
  created_at: at('08:00:00'),
  accepted_at: at('08:10:00'),
  last_seen_at: at('09:00:00'),
  stopped_at: null,
  clock_difference_ms: '-1500',
  protection: 'protected',
  release_created_at: at('07:00:00'),
  desired_hash: 'd',
  applied_hash: 'a',
  policy_since: at('08:30:00'),
  addresses: ['10.1.2.3'],
  report: null,
  certificate_copied: false,
};

/** Of the report, as the query picks it. */
function told(fields: Parameters<typeof testReport>[0] = {}): unknown {
  const { policy, ...report } = testReport({ disk: { freeBytes: 5, totalBytes: 10 }, ...fields });
  return { ...report, notApplied: policy.notApplied };
}

test('a VM that never told anything is known by its row alone', () => {
  assert.deepEqual(factsOf(ROW), {
    membership: 'active',
    createdMs: at('08:00:00').getTime(),
    activatedMs: at('08:10:00').getTime(),
    lastSeenMs: at('09:00:00').getTime(),
    stopped: false,
    protection: 'protected',
    protectionWhy: null,
    patternsSinceMs: at('07:00:00').getTime(),
    patternsFault: null,
    desiredPolicyHash: 'd',
    appliedPolicyHash: 'a',
    policyDesiredSinceMs: at('08:30:00').getTime(),
    notApplied: [],
    clockOffsetMs: -1_500,
    disk: null,
    vault: null,
    brakeHolds: false,
    otherAntiVirus: [],
    certificateCopied: false,
  });
  const bare = factsOf({
    ...ROW,
    accepted_at: null,
    stopped_at: at('09:30:00'),
    clock_difference_ms: null,
    release_created_at: null,
    protection: 'of-a-newer-manager',
    certificate_copied: true,
  });
  assert.deepEqual(
    [bare.activatedMs, bare.stopped, bare.clockOffsetMs, bare.patternsSinceMs, bare.protection, bare.certificateCopied],
    [at('08:00:00').getTime(), true, null, null, 'unknown', true],
  );
  const unseen = factsOf({ ...ROW, last_seen_at: null });
  assert.deepEqual([unseen.activatedMs, unseen.lastSeenMs], [null, null], 'accepted is not activated');
});

test('what a VM told counts: disk, vault, brake, other products, why it is not protected', () => {
  const vault = { entries: 1, bytes: 2, bytesMax: 3, hash: '0'.repeat(64) };
  const facts = factsOf({
    ...ROW,
    report: told({
      vault,
      ceiling: { grade: 'standard', brake: { reason: 'share', since: '2026-11-30T09:00:00Z' } },
      otherProducts: ['falcon'],
      realtime: 'refused',
      policy: { hash: '0'.repeat(64), name: 'x', notApplied: [{ path: '/a' }], refused: null },
      patterns: { release: 'r', createdAt: null, signatures: 1, checkedAt: null, fault: 'patterns.damaged' },
    }),
  });
  assert.deepEqual(facts.disk, { freeBytes: 5, totalBytes: 10 });
  assert.deepEqual(facts.vault, { ...vault, warnAtPercent: 80 });
  assert.deepEqual(
    [facts.brakeHolds, facts.otherAntiVirus, facts.protectionWhy, facts.notApplied, facts.patternsFault],
    [true, ['falcon'], 'realtime.other-product', ['/a'], 'patterns.damaged'],
  );
  const free = factsOf({ ...ROW, report: told({ ceiling: { grade: 'standard', brake: null } }) });
  assert.equal(free.brakeHolds, false);
});

test('a report of which a part cannot be read tells what can be', () => {
  const { engine: _, ...withoutEngine } = told() as Record<string, unknown>;
  const facts = factsOf({ ...ROW, report: withoutEngine });
  assert.deepEqual([facts.disk, facts.protectionWhy], [{ freeBytes: 5, totalBytes: 10 }, null]);
  const { disk: __, ...withoutDisk } = told({ realtime: 'off' }) as Record<string, unknown>;
  const others = factsOf({ ...ROW, report: withoutDisk });
  assert.deepEqual([others.disk, others.vault, others.protectionWhy], [null, null, 'realtime.policy']);
});

test('MG-4b: VMs stand together by their group, else by the network of their first address', () => {
  const site = (addresses: readonly string[], group: string | null = null) => siteOf({ group_name: group, addresses });
  assert.equal(site(['10.1.2.3'], 'Osaka'), 'Osaka');
  assert.equal(site(['10.1.2.3', '10.9.9.9']), '10.1.2.0/24');
  assert.equal(site(['192.168.100.200']), '192.168.100.0/24');
  assert.equal(site(['2001:db8:1:2:3::4']), '2001:db8:1:2::/64');
  for (const near of ['2001:db8::10', '2001:db8::11', '2001:db8:0:0:7::1', '2001:DB8:0::1'])
    assert.equal(site([near]), '2001:db8:0:0::/64', near);
  assert.equal(site(['::ffff:10.1.2.3']), '10.1.2.0/24');
  assert.equal(site([]), '');
  for (const text of ['unknown', '10.1.2', 'x10.1.2.3', '10.1.2.3x', 'a:b', 'x::/64'])
    assert.equal(site([text]), '', text);
});
