// SPDX-License-Identifier: Apache-2.0
// A policy file is foreign text: whatever it holds, it is a policy or a coded fault, in bounded time.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { defaultPolicy, LazaretError } from '@lazaret/core';
import { fullSize, temporaryDirectory, testSeed } from '@lazaret/testkit';
import { loadPolicyFile, loadStandingPolicy } from './index.ts';

function write(t: TestContext, text: string): string {
  const path = join(temporaryDirectory(t), 'policy.yaml');
  writeFileSync(path, text);
  return path;
}

const hasCode =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof LazaretError && error.code === code;

test('the same policy as YAML, as JSON and with the defaults written out is one policy, by one hash', (t) => {
  const yaml = loadPolicyFile(write(t, 'name: one\nmanual:\n  load: low\n'));
  assert.equal(loadPolicyFile(write(t, '{"manual":{"load":"low"},"name":"one"}')).hash, yaml.hash);
  assert.equal(loadPolicyFile(write(t, JSON.stringify(yaml.policy))).hash, yaml.hash);
  assert.notEqual(yaml.hash, loadPolicyFile(write(t, '{}')).hash);
  assert.deepEqual(loadPolicyFile(write(t, '{}')).policy, defaultPolicy);
});

test('a file that cannot be read says why, by its code: none, a directory, too large, no YAML', (t) => {
  const directory = temporaryDirectory(t);
  assert.throws(() => loadPolicyFile(join(directory, 'none')), hasCode('path.not_found'));
  mkdirSync(join(directory, 'd'));
  assert.throws(() => loadPolicyFile(join(directory, 'd')), hasCode('policy.unreadable'));
  const large = write(t, '');
  truncateSync(large, 9 * 1024 * 1024);
  assert.throws(() => loadPolicyFile(large), hasCode('policy.unreadable'));
  for (const text of ['{', 'a: [', 'a: b: c', '"x', 'a: *nobody', '\t- x', 'a: 1\na: 2', '%YAML 9\n---\n]'])
    assert.throws(() => loadPolicyFile(write(t, text)), hasCode('policy.unreadable'), text);
});

test('a file that unfolds without end is refused before it does', (t) => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 12; level++)
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
  assert.throws(() => loadPolicyFile(write(t, lines.join('\n'))), hasCode('policy.unreadable'));
});

test('whatever a file holds, it is a policy or an error with a code', (t) => {
  const path = write(t, '');
  const value = fc.oneof(
    fc.json(),
    fc.string(),
    fc.object().map((object) => JSON.stringify({ manual: object })),
  );
  fc.assert(
    fc.property(value, (text) => {
      writeFileSync(path, text);
      try {
        assert.match(loadPolicyFile(path).hash, /^[0-9a-f]{64}$/);
      } catch (error) {
        assert.ok(error instanceof LazaretError, `${text}: ${String(error)}`);
      }
    }),
    { seed: testSeed, numRuns: fullSize ? 5_000 : 500 },
  );
});

test('an agent takes its policy from no file that others can write, replace, or that is a pipe', {
  timeout: 180_000,
}, (t) => {
  const base = temporaryDirectory(t);
  const [directory, path] = [join(base, 'place'), join(base, 'place/policy.yaml')];
  mkdirSync(directory);
  writeFileSync(path, '{}');
  const [good, link] = [loadStandingPolicy(path).hash, join(base, 'link.yaml')];
  symlinkSync(path, link);
  const refused = { code: 'policy.foreign_file' };
  for (const [spoil, mend] of [
    [() => chmodSync(path, 0o666), () => chmodSync(path, 0o644)],
    [() => chownSync(path, 4_321, 0), () => chownSync(path, 0, 0)],
    [() => chmodSync(directory, 0o777), () => chmodSync(directory, 0o755)],
    [() => chownSync(directory, 4_321, 0), () => chownSync(directory, 0, 0)],
  ] as const) {
    spoil();
    for (const name of [path, link]) assert.throws(() => loadStandingPolicy(name), refused);
    assert.equal(loadPolicyFile(path).hash, good, 'for a look at it whose it is does not matter');
    mend();
    assert.equal(loadStandingPolicy(link).hash, good);
  }
  chmodSync(directory, 0o1777);
  assert.equal(loadStandingPolicy(path).hash, good, 'nobody else replaces it there');
  const pipe = join(base, 'pipe');
  assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
  assert.throws(() => loadPolicyFile(pipe), { code: 'policy.unreadable' });
});
