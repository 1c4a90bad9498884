// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explainPath, type ExplainFacts } from './explain.ts';
import { defaultPolicy } from './policy-defaults.ts';
import type { Policy } from './policy.ts';
import { temporal } from '../temporal.ts';

const targets = {
  operatingSystem: 'linux',
  entries: [],
  ownDirectories: [],
  intelliScan: { types: [], textTypes: [], listedNames: [] },
} as const;

const facts = (path: string): ExplainFacts => ({
  path: { path, fileSystem: 'local' },
  targets: { realtime: targets, scheduled: targets, manual: targets },
  exceptions: {
    operatingSystem: 'linux',
    now: temporal.Instant.from('2027-01-01T00:00:00Z'),
    variables: {},
    everyoneCanWrite: () => false,
    link: () => null,
    userId: () => null,
    program: () => null,
  },
});

describe('explainPath', () => {
  it('EX-1d, EX-1e, RT-5c: for each kind of scan whether, and which rule decides; an exception beats the scope', () => {
    const policy: Policy = {
      ...defaultPolicy,
      realtime: { ...defaultPolicy.realtime, files: { kind: 'intelliscan' } },
      scheduled: { ...defaultPolicy.scheduled, exceptions: [{ match: { directory: '/srv' } }] },
    };
    assert.deepEqual(
      explainPath(policy, facts('/srv/a')).map(({ kind, scanned, why, decidedBy }) => [kind, scanned, why, decidedBy]),
      [
        ['realtime', 'if-type', 'content', '/realtime/files'],
        ['scheduled', 'no', 'exception', '/scheduled/exceptions/0'],
        ['manual', 'yes', 'all', '/manual/directories'],
      ],
    );
  });

  it('EX-1d: what no scope names is not scanned for that reason, whatever is excepted besides', () => {
    const policy: Policy = {
      ...defaultPolicy,
      manual: {
        ...defaultPolicy.manual,
        directories: { kind: 'list', entries: [{ path: '/home', subdirectories: true }] },
        exceptions: [{ match: { directory: '/srv' } }],
      },
    };
    assert.deepEqual(explainPath(policy, facts('/srv/a')).at(-1), {
      kind: 'manual',
      scanned: 'no',
      why: 'not-listed',
      decidedBy: '/manual/directories',
    });
  });

  it('a kind that is switched off says so, and content decides where it is known', () => {
    const sha256 = 'cd'.repeat(32);
    const policy: Policy = {
      ...defaultPolicy,
      realtime: { ...defaultPolicy.realtime, enabled: false },
      manual: { ...defaultPolicy.manual, exceptions: [{ match: { sha256 } }] },
    };
    const [realtime, , manual] = explainPath(policy, { ...facts('/a'), sha256 });
    assert.deepEqual(realtime, { kind: 'realtime', scanned: 'no', why: 'off', decidedBy: '/realtime/enabled' });
    assert.deepEqual(manual, { kind: 'manual', scanned: 'no', why: 'exception', decidedBy: '/manual/exceptions/0' });
  });
});
