// SPDX-License-Identifier: Apache-2.0
import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { compileUnscannedRules, decideUnscanned, decideUnscannedContent, findUnscannedFaults } from './unscanned.ts';
import type { UnscannedRule } from './policy.ts';

const RULES: readonly UnscannedRule[] = [
  { reasons: ['encrypted'], directory: '/srv/upload/trusted/', action: 'allow' },
  { reasons: ['encrypted'], directory: '/srv/upload', action: 'notify' },
  { reasons: ['layers', 'time'], action: 'quarantine' },
];
const rules = compileUnscannedRules('scheduled', RULES);
const none = { decideDigest: () => null, decideThreat: () => null };

describe('what could not be looked at', () => {
  it('the first rule of a reason and place decides, what none names is allowed, and the answer names its rule', () => {
    assert.deepEqual(decideUnscanned(rules, '/srv/upload/a.zip', ['encrypted']), {
      action: 'pass',
      reason: 'encrypted',
      threat: 'Not-Scanned.encrypted',
      decidedBy: '/scheduled/unscanned/1',
    });
    assert.equal(decideUnscanned(rules, '/srv/upload/trusted/a.zip', ['encrypted']), null);
    assert.equal(decideUnscanned(rules, '/home/a.zip', ['encrypted', 'corrupted']), null);
    assert.equal(decideUnscanned([], '/a', ['time']), null);
  });

  it('of several reasons the strongest wins, wherever it stands', () => {
    for (const reasons of [
      ['encrypted', 'layers'],
      ['layers', 'encrypted'],
    ] as const)
      assert.equal(decideUnscanned(rules, '/srv/upload/a.zip', reasons)?.action, 'quarantine');
  });

  it('an exception by content, or by the name that is told, holds', () => {
    const question = { path: '/srv/upload/a.zip', reasons: ['encrypted'], sha256: 'a'.repeat(64) } as const;
    const hit = { decidedBy: '/scheduled/exceptions/0' };
    assert.notEqual(decideUnscannedContent(rules, none, question), null);
    assert.equal(decideUnscannedContent(rules, { ...none, decideDigest: () => hit as never }, question), null);
    const byName = (name: string) => (name === 'Not-Scanned.encrypted' ? (hit as never) : null);
    assert.equal(decideUnscannedContent(rules, { ...none, decideThreat: byName }, question), null);
  });

  it('Deny is real-time’s alone; a place is absolute and no network’s', () => {
    const codes = (rule: UnscannedRule, kind: 'realtime' | 'manual') =>
      findUnscannedFaults(rule, kind).map(({ code }) => code);
    assert.deepEqual(codes({ action: 'deny' }, 'realtime'), []);
    assert.deepEqual(codes({ action: 'deny' }, 'manual'), ['action.deny_needs_realtime']);
    assert.deepEqual(codes({ action: 'notify', directory: 'srv' }, 'manual'), ['targets.relative']);
    assert.deepEqual(codes({ action: 'notify', directory: '//server/share' }, 'manual'), ['targets.network']);
  });
});
