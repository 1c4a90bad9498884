// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findOtherProducts, OTHER_PRODUCTS } from './other-products.ts';

test('what runs is named once, what intercepts is marked, ClamAV without on-access and we ourselves are none', () => {
  const found = findOtherProducts([
    { pid: 1, command: 'systemd', intercepts: false },
    { pid: 2, command: 'clamd', intercepts: false },
    { pid: 3, command: 'ds_agent', intercepts: false },
    { pid: 4, command: 'ds_am', intercepts: true },
    { pid: 5, command: 'unheard-of', intercepts: true },
    { pid: 6, command: 'lazaret-gate', intercepts: true },
  ]);
  assert.deepEqual(found, [
    { name: 'Trend Micro Deep Security', pid: 4, intercepts: true },
    { name: 'unheard-of', pid: 5, intercepts: true },
  ]);
  for (const { processes } of OTHER_PRODUCTS)
    for (const name of processes) assert.ok(name.length <= 15, `${name}: the kernel cuts it`);
});
