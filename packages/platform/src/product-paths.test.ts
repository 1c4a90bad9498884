// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { productPaths } from './product-paths.ts';

test('an installed product has /var/opt/lazaret, and every checkout a state of its own', () => {
  assert.equal(productPaths('/opt/lazaret', {}).vault, '/var/opt/lazaret/vault');
  assert.notEqual(productPaths('/home/a/lazaret', {}).state, productPaths('/home/b/lazaret', {}).state);
  assert.notEqual(productPaths('/home/a/lazaret', {}).run, productPaths('/opt/lazaret', {}).run);
});

test('a moved state moves its sockets too, and their paths stay short enough for a Unix socket', () => {
  const moved = productPaths('/opt/lazaret', { LAZARET_STATE: `/tmp/${'x'.repeat(150)}` });
  assert.ok(moved.controlSocket.length < 108);
  assert.notEqual(moved.run, '/run/lazaret');
});
