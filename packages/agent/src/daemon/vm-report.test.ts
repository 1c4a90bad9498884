// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPolicy, vmReportSchema } from '@lazaret/contract';
import { reportNotApplied } from './vm-report.ts';

test('whatever fields somebody puts into a policy, the manager takes the report of its VMs', () => {
  const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`field ${at}`, 1]));
  for (const document of [{ ['x'.repeat(100_000)]: 1 }, { realtime: { ['~'.repeat(1_000)]: 1 } }, many]) {
    // Of a newer schema: fields of ours that nobody knows are a fault.
    const checked = checkPolicy({ version: 2, name: 'p', ...document });
    assert.ok('policy' in checked, 'it is a policy');
    const report = { hash: 'a'.repeat(64), name: 'p', notApplied: reportNotApplied(checked.notApplied), refused: null };
    assert.ok(report.notApplied.length > 0);
    assert.ok(vmReportSchema.shape.policy.safeParse(report).success);
  }
});
