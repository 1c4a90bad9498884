// SPDX-License-Identifier: Apache-2.0
import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import {
  compileUnscannedRules,
  decideUnscanned,
  decideUnscannedContent,
  findUnscannedFaults,
  RULED_REASONS,
  UNSCANNED_ACTIONS,
} from './unscanned.ts';
import type { UnscannedRule } from '../policy/policy.ts';

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
    for (const reasons of [
      ['layers', 'time'],
      ['time', 'layers'],
    ] as const)
      assert.equal(decideUnscanned(rules, '/a', reasons)?.reason, reasons[0], 'of equals the first is named');
  });

  it('a rule without reasons is about all of them; actions stand from the weakest to the strongest', () => {
    const all = compileUnscannedRules('manual', [{ directory: '/srv', action: 'notify' }]);
    for (const reason of RULED_REASONS) assert.equal(decideUnscanned(all, '/srv/a', [reason])?.action, 'pass', reason);
    assert.deepEqual(
      [...RULED_REASONS, '|', ...UNSCANNED_ACTIONS].join(' '),
      'encrypted password corrupted unsupported-compression layers size engine-limit structure-ambiguous engine-failure time | allow notify deny quarantine',
    );
  });

  it('an exception by content, or by the name that is told, holds', () => {
    const question = { path: '/srv/upload/a.zip', reasons: ['encrypted'], sha256: 'a'.repeat(64) } as const;
    const hit = { decidedBy: '/scheduled/exceptions/0' };
    assert.notEqual(decideUnscannedContent(rules, none, question), null);
    assert.equal(decideUnscannedContent(rules, none, { ...question, reasons: ['corrupted'] }), null);
    assert.equal(decideUnscannedContent([], none, question), null);
    assert.equal(decideUnscannedContent(rules, { ...none, decideDigest: () => hit as never }, question), null);
    const byName = (name: string) => (name === 'Not-Scanned.encrypted' ? (hit as never) : null);
    assert.equal(decideUnscannedContent(rules, { ...none, decideThreat: byName }, question), null);
  });

  it('Deny is real-time’s alone; a place is absolute and no network’s', () => {
    const codes = (rule: UnscannedRule, kind: 'realtime' | 'manual') =>
      findUnscannedFaults(rule, kind).map(({ code }) => code);
    assert.deepEqual(codes({ action: 'deny' }, 'realtime'), []);
    assert.deepEqual(findUnscannedFaults({ action: 'deny' }, 'manual'), [
      {
        code: 'action.deny_needs_realtime',
        path: '/action',
        message: 'Deny access needs real-time scan; a manual scan can allow, notify or quarantine.',
      },
    ]);
    assert.equal(findUnscannedFaults({ action: 'notify', directory: 'srv' }, 'manual')[0]?.path, '/directory');
    assert.deepEqual(codes({ action: 'notify', directory: 'srv' }, 'manual'), ['targets.relative']);
    assert.deepEqual(codes({ action: 'notify', directory: '//server/share' }, 'manual'), ['targets.network']);
  });
});
