// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isProtectedPlace } from '@lazaret/core';
import { readProtectedFacts } from './local-ceiling.ts';

test('AC-14a: a protected place that lies elsewhere by a link is protected there, too: a home, the system, our own', (t) => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'lazaret-places-')));
  t.after(() => rmSync(base, { recursive: true }));
  for (const name of ['data/homes/ann', 'data/cron', 'data/state']) mkdirSync(join(base, name), { recursive: true });
  for (const [name, target] of [
    ['homes', 'data/homes'],
    ['cron', 'data/cron'],
    ['state', 'data/state'],
  ] as const)
    symlinkSync(join(base, target), join(base, name));
  const facts = readProtectedFacts([join(base, 'state')], [join(base, 'homes/ann')], [join(base, 'cron')]);
  for (const path of ['homes/ann/.profile', 'data/homes/ann/.profile', 'data/cron/root', 'data/state/keys/vault.key'])
    assert.equal(isProtectedPlace(join(base, path), facts), true, path);
  for (const path of ['data/homes/ann/mail', 'data/x']) assert.equal(isProtectedPlace(join(base, path), facts), false);
});
