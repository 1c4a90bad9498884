// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';
import { everyoneCanWrite, systemVariables } from './vm-facts.ts';

test('a place is open to everybody by the right of others to write, sticky or not; a link is judged where it leads, not as itself', (t) => {
  const base = temporaryDirectory(t);
  const open = (name: string, mode: number): boolean => {
    const path = join(base, name);
    mkdirSync(path);
    chmodSync(path, mode);
    return everyoneCanWrite(path);
  };
  assert.equal(open('open', 0o777), true);
  assert.equal(open('sticky', 0o1777), true);
  assert.equal(open('hidden', 0o702), true);
  assert.equal(open('own', 0o755), false);
  assert.equal(open('group', 0o775), false);
  assert.equal(everyoneCanWrite(join(base, 'nowhere')), false);
  // A link has the mode 0777 and says nothing by it.
  symlinkSync(join(base, 'own'), join(base, 'link'));
  assert.equal(everyoneCanWrite(join(base, 'link')), false);
});

test('EX-2b: variables in an exception are those of the system, whatever the environment of the agent says', (t) => {
  const before = { ...process.env };
  t.after(() => {
    for (const name of ['TMPDIR', 'OWN_PLACE']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
  process.env['TMPDIR'] = '/home/mallory';
  process.env['OWN_PLACE'] = '/';
  assert.deepEqual(systemVariables(), { TMPDIR: '/tmp', HOMES: '/home' });
});
