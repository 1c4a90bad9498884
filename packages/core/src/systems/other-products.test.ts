// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findOtherProducts } from './other-products.ts';
import { OTHER_PRODUCTS } from './product-names.ts';

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

test('of a product the process that intercepts is named, else the first; products are in the order of their names', () => {
  const seen = (command: string, pid: number, intercepts = false) => ({ command, pid, intercepts });
  assert.deepEqual(
    findOtherProducts([
      seen('ds_am', 9),
      seen('ds_agent', 8),
      seen('kesl', 1, true),
      seen('kesl', 2, true),
      seen('kesl', 3),
      seen('my-lazaret', 4, true),
      seen('clamonacc', 5),
    ]).map(({ name, pid }) => [name, pid]),
    [
      ['ClamAV on-access scanner', 5],
      ['Kaspersky Endpoint Security', 1],
      ['my-lazaret', 4],
      ['Trend Micro Deep Security', 9],
    ],
  );
});
