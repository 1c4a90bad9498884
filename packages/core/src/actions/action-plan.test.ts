// SPDX-License-Identifier: Apache-2.0
// The whole table of the service description as golden vectors (vectors/actions.json), and what must hold for every plan.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type ActionEvent,
  type ActionStepResult,
  type ActionTable,
  findActionTableFaults,
  type NotifyRule,
  planAction,
  planForThreats,
  settleAction,
} from './action-plan.ts';
import type { Action, OperatingSystem, ThreatKind } from './action.ts';
import { findActionFaults } from './action-check.ts';
import type { ScanKind } from '../policy/policy.ts';

interface PlanVector {
  readonly operatingSystem: OperatingSystem;
  readonly scanKind: ScanKind;
  readonly action: Action;
  readonly refused?: string;
  readonly carriedOutAs?: Action;
  readonly secondary?: 'quarantine' | null;
  readonly notify?: NotifyRule;
}

interface OutcomeVector {
  readonly operatingSystem: OperatingSystem;
  readonly action: Action;
  readonly primary: ActionStepResult;
  readonly secondary: ActionStepResult | null;
  readonly event: ActionEvent | null;
  readonly failed: boolean;
}

const seed = Number(process.env['LAZARET_SEED'] ?? 20_261_124);
const file = new URL('../../../../vectors/actions.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly plans: readonly PlanVector[];
  readonly outcomes: readonly OutcomeVector[];
};

const NO_TABLE: ActionTable = { realtime: {}, scheduled: {}, manual: {} };

function custom(operatingSystem: OperatingSystem, scanKind: ScanKind, primary: Action) {
  return planAction({
    operatingSystem,
    scanKind,
    setting: { kind: 'custom', primary },
    kind: 'trojan',
    table: NO_TABLE,
  });
}

function expectPlans(action: Action): void {
  const chosen = vectors.plans.filter((vector) => vector.action === action);
  assert.equal(chosen.length, 6);
  for (const { operatingSystem, scanKind, refused, ...expected } of chosen) {
    if (refused !== undefined) {
      assert.throws(() => custom(operatingSystem, scanKind, action), { code: refused });
      assert.equal(findActionFaults({ kind: 'custom', primary: action }, scanKind)[0]?.code, refused);
      continue;
    }
    const { primary, carriedOutAs, secondary, notify, decidedBy, source } = custom(operatingSystem, scanKind, action);
    assert.deepEqual({ action: primary, carriedOutAs, secondary, notify }, expected);
    assert.deepEqual({ decidedBy, source }, { decidedBy: `/${scanKind}/action`, source: 'custom' });
  }
}

function expectOutcomes(action: Action): void {
  const chosen = vectors.outcomes.filter((vector) => vector.action === action);
  assert.ok(chosen.length >= 4);
  for (const { operatingSystem, primary, secondary, ...expected } of chosen) {
    const plan = custom(operatingSystem, 'realtime', action);
    const context = JSON.stringify({ operatingSystem, action, primary, secondary });
    assert.deepEqual(
      settleAction(plan, { primary, secondary }),
      { event: expected.event, failed: expected.failed },
      context,
    );
  }
}

describe(`action plans (seed ${seed})`, () => {
  it('AC-2a: the vectors hold each of the five actions for each system and kind of scan', () => {
    const seen = new Set(
      vectors.plans.map(({ operatingSystem, scanKind, action }) => `${operatingSystem} ${scanKind} ${action}`),
    );
    assert.equal(seen.size, 2 * 3 * 5);
  });

  it('AC-3c, AC-3d: Delete is Quarantine on Windows and deletes on Linux; fails → Quarantine; told when that fails too', () => {
    expectPlans('delete');
    expectOutcomes('delete');
  });

  it('AC-4c: Clean fails → Quarantine; told when that fails too', () => {
    expectPlans('clean');
    expectOutcomes('clean');
  });

  it('AC-5b, AC-5c: Pass has no secondary even on failure, and is told when detected', () => {
    expectPlans('pass');
    expectOutcomes('pass');
  });

  it('AC-6c, AC-6e: Deny has no secondary even on failure, is told when detected, and is refused without real-time', () => {
    expectPlans('deny');
    expectOutcomes('deny');
  });

  it('AC-7a, AC-7b, AC-7d: Quarantine has no secondary; a failed copy and a failed deletion are two events', () => {
    expectPlans('quarantine');
    expectOutcomes('quarantine');
  });

  it('AC-1a: the recommended setting follows the table of the release, by scan kind and kind of threat', () => {
    const table: ActionTable = {
      realtime: { macro: { primary: 'deny', secondary: null, notify: 'detected' } },
      scheduled: { macro: { primary: 'clean', secondary: 'quarantine', notify: 'failed' } },
      manual: { test: { primary: 'pass', secondary: null, notify: 'detected' } },
    };
    const plan = (scanKind: ScanKind, kind: ThreatKind) =>
      planAction({ operatingSystem: 'linux', scanKind, setting: { kind: 'recommended' }, kind, table });
    assert.equal(plan('realtime', 'macro').primary, 'deny');
    assert.equal(plan('scheduled', 'macro').primary, 'clean');
    assert.deepEqual(plan('manual', 'test'), {
      primary: 'pass',
      carriedOutAs: 'pass',
      secondary: null,
      notify: 'detected',
      decidedBy: '/manual/action',
      source: 'table',
    });
    assert.deepEqual(findActionTableFaults(table), []);
    const wrong: ActionTable = {
      realtime: { macro: { primary: 'pass', secondary: 'quarantine', notify: 'detected' } },
      scheduled: { macro: { primary: 'deny', secondary: null, notify: 'detected' } },
      manual: {},
    };
    assert.deepEqual(findActionTableFaults(wrong), [
      'realtime, macro: pass has no secondary',
      'scheduled, macro: deny needs real-time scan',
    ]);
  });

  it('AC-6e: a Deny that came in past every check is an error with its place', () => {
    assert.throws(() => custom('linux', 'manual', 'deny'), {
      code: 'action.deny_needs_realtime',
      message: 'Deny access needs real-time scan, not a manual one.',
      where: '/manual/action',
    });
  });

  it('AC-1a: of two threats the stronger action is taken, in whatever order they come; of equals the first', () => {
    const kinds = ['pua', 'macro', 'test', 'worm', 'virus'] as const;
    const actions = ['pass', 'deny', 'clean', 'delete', 'quarantine'] as const;
    const rows = kinds.map((kind, at) => [kind, { primary: actions[at], secondary: null, notify: 'failed' }] as const);
    const realtime = Object.fromEntries([...rows, ['trojan', { ...rows[3]?.[1], secondary: 'quarantine' }]]);
    const table = { ...NO_TABLE, realtime } as ActionTable;
    const setting = { kind: 'recommended' } as const;
    const plan = (...both: readonly ThreatKind[]) =>
      planForThreats({ operatingSystem: 'linux', scanKind: 'realtime', setting, table }, both);
    for (const [weaker, one] of kinds.entries())
      for (const [stronger, other] of kinds.entries())
        for (const both of [[one, other] as const, [other, one] as const])
          assert.equal(plan(...both).primary, actions[Math.max(weaker, stronger)], both.join(' '));
    assert.deepEqual([plan('worm', 'trojan').secondary, plan('trojan', 'worm').secondary], [null, 'quarantine']);
  });

  it('AC-1b: a kind that the table does not name is quarantined', () => {
    const plan = planAction({
      operatingSystem: 'linux',
      scanKind: 'manual',
      setting: { kind: 'recommended' },
      kind: 'other',
      table: NO_TABLE,
    });
    assert.deepEqual([plan.primary, plan.secondary, plan.source], ['quarantine', null, 'unknown-kind']);
  });

  it('AC-1a: a file with several threats has one fate: what removes it and keeps a copy wins, and any rule that tells, tells', () => {
    const table: ActionTable = {
      ...NO_TABLE,
      manual: {
        pua: { primary: 'pass', secondary: null, notify: 'detected' },
        worm: { primary: 'delete', secondary: 'quarantine', notify: 'failed' },
      },
    };
    const question = { operatingSystem: 'linux', scanKind: 'manual', setting: { kind: 'recommended' }, table } as const;
    assert.deepEqual(
      [['pua'], ['pua', 'worm'], ['worm', 'trojan'], []].map((kinds) => {
        const { primary, notify } = planForThreats(question, kinds as readonly ThreatKind[]);
        return `${primary} ${notify}`;
      }),
      ['pass detected', 'delete detected', 'quarantine failed', 'quarantine failed'],
    );
  });

  it('AC-5b, AC-7d: for every question Pass, Deny and Quarantine have no secondary, and only Windows turns Delete into Quarantine', () => {
    const action = fc.constantFrom<Action>('delete', 'clean', 'pass', 'deny', 'quarantine');
    const scanKind = fc.constantFrom<ScanKind>('realtime', 'scheduled', 'manual');
    fc.assert(
      fc.property(action, scanKind, fc.constantFrom<OperatingSystem>('linux', 'windows'), (primary, kind, system) => {
        if (primary === 'deny' && kind !== 'realtime') return;
        const plan = custom(system, kind, primary);
        assert.equal(plan.secondary, primary === 'delete' || primary === 'clean' ? 'quarantine' : null);
        assert.equal(plan.carriedOutAs, primary === 'delete' && system === 'windows' ? 'quarantine' : primary);
      }),
      { seed },
    );
  });

  it('AC-3d: a failure is never silent, and success of an action that is not told of is', () => {
    const results: readonly ActionStepResult[] = [
      'done',
      'gone',
      'changed',
      'failed',
      'copy-failed',
      'original-not-deleted',
    ];
    for (const action of ['delete', 'clean', 'pass', 'deny', 'quarantine'] as const) {
      for (const primary of results) {
        for (const secondary of [null, ...results]) {
          const { event, failed } = settleAction(custom('linux', 'realtime', action), { primary, secondary });
          if (failed) assert.notEqual(event, null);
          else assert.equal(event, action === 'pass' || action === 'deny' ? 'detected' : null);
        }
      }
    }
  });
});
