// SPDX-License-Identifier: Apache-2.0
// A policy file is foreign text: whatever it holds, it is a policy or a coded fault, in bounded time.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { canonicalJson } from '@lazaret/contract';
import { defaultPolicy, LazaretError } from '@lazaret/core';
import { fullSize, temporaryDirectory, testSeed } from '@lazaret/testkit';
import {
  acceptPolicy,
  formatPolicyFault,
  isReportOnly,
  loadPolicyFile,
  loadStandingPolicy,
  PolicyFaults,
  readPolicyText,
  reportOnlyInForce,
} from './policy-file.ts';

function write(t: TestContext, text: string): string {
  const path = join(temporaryDirectory(t), 'policy.yaml');
  writeFileSync(path, text);
  return path;
}

/** Fewer where each mutant pays for them. */
const DRAWS = fullSize ? 5_000 : process.env['LAZARET_MUTANTS'] === '1' ? 30 : 500;

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

test('what a file is that cannot be read is told with its place, and nothing stays open', (t) => {
  const directory = temporaryDirectory(t);
  const opened = (): number => readdirSync('/proc/self/fd').length;
  const before = opened();
  const told = (path: string): string => {
    try {
      return readPolicyText(path);
    } catch (error) {
      assert.ok(error instanceof LazaretError);
      assert.equal(error.where, path);
      assert.ok(error.code === 'path.not_found' || error.cause instanceof Error);
      return error.message.replace(path, 'X');
    }
  };
  assert.equal(told(join(directory, 'none')), 'The policy file X does not exist.');
  assert.equal(told(directory), 'X cannot be read: it is not a regular file.');
  const loop = join(directory, 'loop');
  symlinkSync('loop', loop);
  assert.match(told(loop), /^X cannot be read: ELOOP: .*\.$/);
  const large = write(t, '');
  truncateSync(large, 8 * 1024 * 1024 + 1);
  assert.equal(told(large), 'X cannot be read: it has 8388609 bytes, and the maximum is 8388608.');
  truncateSync(large, 8 * 1024 * 1024);
  assert.equal(told(large).length, 8 * 1024 * 1024);
  assert.equal(told(write(t, 'name: ä')), 'name: ä');
  assert.equal(opened(), before);
});

test('a fault is told with its place, as editors and compilers write it, as far as it has one', () => {
  const fault = { code: 'policy.invalid', path: '/name', message: 'no.' } as const;
  assert.equal(formatPolicyFault('x', { ...fault, line: 2, column: 3 }), 'x:2:3: /name: no.');
  assert.equal(formatPolicyFault('x', { ...fault, path: '', line: 2, column: 3 }), 'x:2:3: no.');
  assert.equal(formatPolicyFault('x', fault), 'x: /name: no.');
  assert.equal(formatPolicyFault('x', { ...fault, line: 2 }), 'x: /name: no.');
  assert.equal(formatPolicyFault('x', { ...fault, column: 3 }), 'x: /name: no.');
});

/** The faults that a value is refused with. */
function faultsOf(...parameters: Parameters<typeof acceptPolicy>): PolicyFaults {
  try {
    acceptPolicy(...parameters);
  } catch (error) {
    if (error instanceof PolicyFaults) return error;
    throw error;
  }
  return assert.fail('it was taken');
}

test('all faults of a policy are told at once, in the order of the text, the first with how many more there are', () => {
  const value = { name: 7, manul: 1, vault: { bytesMax: 1 }, version: 2 };
  const places: Readonly<Record<string, { line: number; column: number }>> = {
    '/name': { line: 2, column: 9 },
    '/vault/bytesMax': { line: 2, column: 4 },
  };
  const all = faultsOf(value, 'x', {}, (pointer) => places[pointer] ?? null);
  assert.deepEqual(
    all.faults.map(({ path, line, column }) => [path, line, column]),
    [
      ['/vault/bytesMax', 2, 4],
      ['/name', 2, 9],
    ],
  );
  assert.deepEqual(
    all.notApplied.map(({ path }) => path),
    ['/manul'],
    'of a newer Lazaret',
  );
  assert.deepEqual([all.code, all.where], [all.faults[0]?.code, '/vault/bytesMax']);
  assert.match(all.message, /^x:2:4: \/vault\/bytesMax: .* \(and 1 more\)$/);
  const one = faultsOf({ name: 7 }, 'x');
  assert.deepEqual([one.faults.length, one.code, one.where], [1, 'policy.invalid', '/name']);
  assert.match(one.message, /^x: \/name: (?!.*more\))/);
});

test('faults stand in the order of lines, then of columns; those without a place keep the order of the check, before the others', () => {
  const value = { name: 7, vault: { bytesMax: 1 }, clamd: 4 };
  const order = (places: Readonly<Record<string, { line: number; column: number }>>) =>
    faultsOf(value, 'x', {}, (pointer) => places[pointer] ?? null).faults.map(({ path }) => path);
  const asChecked = order({});
  const [first = ''] = asChecked;
  assert.equal(asChecked.length, 3);
  assert.deepEqual(order({ [first]: { line: 1, column: 1 } }), [...asChecked.slice(1), first]);
  for (const isBack of [false, true]) {
    const by = (place: (at: number) => { line: number; column: number }) =>
      order(Object.fromEntries(asChecked.map((path, at) => [path, place(isBack ? 9 - at : at + 1)])));
    const expected = isBack ? asChecked.toReversed() : asChecked;
    assert.deepEqual(
      by((at) => ({ line: at, column: 10 - at })),
      expected,
      'by line',
    );
    assert.deepEqual(
      by((at) => ({ line: 3, column: at })),
      expected,
      'by column',
    );
  }
});

test('a value that was refused without a fault is no policy', () => {
  const { code, message, where } = new PolicyFaults('x', [], []);
  assert.deepEqual([code, message, where], ['policy.invalid', 'x is not a policy', '']);
});

test('a policy is known by the SHA-256 of its canonical text; before the first there is one that only reports', (t) => {
  for (const { policy, hash, notApplied } of [loadPolicyFile(write(t, '{"name":"one"}')), reportOnlyInForce()]) {
    assert.equal(hash, createHash('sha256').update(canonicalJson(policy)).digest('hex'));
    assert.deepEqual(notApplied, []);
  }
  assert.ok(isReportOnly(reportOnlyInForce()));
  assert.equal(isReportOnly(loadPolicyFile(write(t, '{}'))), false);
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
    { seed: testSeed, numRuns: DRAWS },
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
