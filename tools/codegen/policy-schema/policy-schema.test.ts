// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { checkPolicy } from '@lazaret/contract';
import { defaultPolicy } from '@lazaret/core';
import { DOCUMENT, formatPolicySchema } from './document.ts';

const committed = readFileSync(DOCUMENT, 'utf8');
const accepts = new Ajv2020({ strict: false }).compile(JSON.parse(committed) as object);

describe(DOCUMENT, () => {
  it('is what its command writes', () => {
    assert.equal(committed, formatPolicySchema(), 'run: tools/node tools/codegen/policy-schema/main.ts');
  });

  it('takes the sample, the defaults and an empty document', () => {
    const sample: unknown = parse(readFileSync('docs/reference/policy-sample.yaml', 'utf8'));
    for (const good of [sample, defaultPolicy, {}]) assert.ok(accepts(good), JSON.stringify(accepts.errors));
  });

  it('refuses what the check refuses: an unknown field at any depth, a wrong type, a word that is none, a number out of range', () => {
    const bad = [
      { manul: {} },
      { realtime: { direktories: { kind: 'all' } } },
      { manual: { exceptions: [{ match: { directory: '/srv', ownr: 'x' } }] } },
      { manual: { exceptions: [{ match: { directory: '/srv' }, reson: 'x' }] } },
      { scheduled: { schedule: { kind: 'daily', at: '02:00', every: 'day', zona: 'UTC' } } },
      { realtime: { enabled: 'yes' } },
      { manual: { load: 'hihg' } },
      { manual: { files: { kind: 'none' } } },
      { vault: { bytesMax: 5 } },
      { vault: { retentionDays: 1.5 } },
      { manual: { limits: { compressionLayersMax: 31 } } },
      [],
    ];
    for (const document of bad) {
      assert.ok('faults' in checkPolicy(document), JSON.stringify(document));
      assert.equal(accepts(document), false, JSON.stringify(document));
    }
  });
});
