// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

test('tools/node is the pinned Node, and what it starts finds that one first', () => {
  const script = 'child_process.execFileSync("node", ["-p", "process.execPath"], { encoding: "utf8" })';
  const told = execFileSync(join(import.meta.dirname, 'node'), ['-p', script], {
    env: { PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
  });
  assert.match(told.trim(), /\/\.runtime\/node_modules\/node-linux-(x64|arm64)\/bin\/node$/);
});
