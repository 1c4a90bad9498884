// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { defaultPolicy, type RealtimeSettings } from '@lazaret/core';
import { temporaryDirectory } from '@lazaret/testkit';
import { acceptPolicy } from '../policy/index.ts';
import { HOST } from '@lazaret/host';
import { compilePlan } from './plan.ts';

const TABLES = {
  intelliScan: { types: ['elf'], textTypes: [], listedNames: [] },
  kinds: [],
  kindOf: () => 'virus' as const,
  actions: { realtime: {}, scheduled: {}, manual: {} },
  tenantNames: new Set<string>(),
} as const;

test('PF-4b: what the gate remembers of files ends with the release, the limits and the exceptions by content that it was judged by', (t) => {
  const directory = temporaryDirectory(t);
  mkdirSync(`${directory}/own`);
  const verdictsOf = (patternRelease: string, realtime: Partial<RealtimeSettings> = {}): string => {
    const entries = [{ path: directory, subdirectories: true }];
    const settings = { ...defaultPolicy.realtime, directories: { kind: 'list' as const, entries }, ...realtime };
    const inForce = acceptPolicy({ ...defaultPolicy, realtime: settings }, 'the test');
    const facts = {
      host: HOST,
      inForce,
      tables: TABLES,
      patternRelease,
      ownDirectories: [`${directory}/own`],
      nowMs: 0,
    };
    return compilePlan(facts, HOST.processes.programLookup()).configuration.verdicts;
  };
  const first = verdictsOf('release-1');
  assert.equal(verdictsOf('release-1'), first, 'the same facts keep what is known');
  assert.notEqual(verdictsOf('release-2'), first);
  const { limits } = defaultPolicy.realtime;
  assert.notEqual(verdictsOf('release-1', { limits: { ...limits, memberBytesMax: limits.memberBytesMax - 1 } }), first);
  const sha256 = 'ab'.repeat(32);
  assert.notEqual(verdictsOf('release-1', { exceptions: [{ match: { sha256 } }] }), first);
});
