// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isStarterOnly } from './starter-only.ts';

const STARTER = join(import.meta.dirname, '../../../../patterns/starter');

test('a release is the starter set alone, also with signatures of a tenant; any other pattern file makes it more', () => {
  const starter = readdirSync(STARTER);
  assert.ok(isStarterOnly(starter, starter));
  assert.ok(isStarterOnly([...starter, 'tenant.ndb', 'tenant-mine.yar', 'tenant.json'], starter));
  assert.ok(isStarterOnly([...starter, 'notes.txt'], starter), 'what is no pattern file');
  for (const more of ['main.cvd', 'daily.cld', 'rules.yar', 'local.hdb', 'x-tenant.ndb', 'tenants.ndb'])
    assert.equal(isStarterOnly([...starter, more], starter), false, more);
  assert.equal(isStarterOnly(['main.cvd'], starter), false);
});
