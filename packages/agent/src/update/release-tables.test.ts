// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { THREAT_KINDS } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { temporaryDirectory } from '@lazaret/testkit';
import { readReleaseTables } from './release-tables.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const STARTER = join(ROOT, 'patterns/starter');

test('AC-1a: the kind of a threat by the names that ClamAV and its companions really use (vectors/kinds.json)', () => {
  const vectors = JSON.parse(readFileSync(join(ROOT, 'vectors/kinds.json'), 'utf8')) as Record<string, string[]>;
  assert.deepEqual(Object.keys(vectors).toSorted(), [...THREAT_KINDS].toSorted(), 'every kind is there');
  const { kindOf } = readReleaseTables(STARTER, STARTER);
  const wrong = Object.entries(vectors).flatMap(([kind, names]) =>
    names.filter((name) => kindOf(name) !== kind).map((name) => `${name}: ${kindOf(name)}, not ${kind}`),
  );
  assert.deepEqual(wrong, []);
});

test('a table that is none is refused with its place: not JSON, a kind that does not exist, an unknown field, deny where it cannot be', (t) => {
  const broken: [file: string, content: string][] = [
    ['kinds.json', '{"prefixes":['],
    ['kinds.json', '{"prefixes":[{"prefix":"X","kind":"plague"}]}'],
    ['kinds.json', '{"prefixes":[{"prefix":"","kind":"virus"}]}'],
    ['kinds.json', '[]'],
    ['types.json', '{"types":["elf"],"textTypes":[]}'],
    ['types.json', '{"types":["elf"],"textTypes":[],"listedNames":[],"more":[]}'],
    ['types.json', '\0'],
    [
      'actions.json',
      '{"realtime":{},"scheduled":{"virus":{"primary":"deny","secondary":null,"notify":"detected"}},"manual":{}}',
    ],
    [
      'actions.json',
      '{"realtime":{},"scheduled":{},"manual":{"virus":{"primary":"burn","secondary":null,"notify":"detected"}}}',
    ],
  ];
  for (const [file, content] of broken) {
    const directory = join(temporaryDirectory(t), 'release');
    cpSync(STARTER, directory, { recursive: true });
    writeFileSync(join(directory, file), content);
    const where = join(directory, file);
    const isRefused = (error: unknown): boolean =>
      error instanceof LazaretError &&
      error.code === 'patterns.table' &&
      error.where === where &&
      error.cause instanceof Error &&
      error.message.startsWith(`${where} is not a table of a pattern release: `) &&
      !error.message.endsWith(': .');
    assert.throws(() => readReleaseTables(directory, STARTER), isRefused, `${file} ${content}`);
  }
});

test('PF-6e: a row of a table can be about one name alone', (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'kinds.json'), '{"prefixes":[{"prefix":"Win","kind":"pua","exact":true}]}');
  const { kindOf } = readReleaseTables(directory, STARTER);
  assert.deepEqual([kindOf('Win'), kindOf('Win.Virus.Sality')], ['pua', 'other']);
});

test("a release without a table of its own takes the starter set's, and one with it its own", (t) => {
  const directory = temporaryDirectory(t);
  assert.equal(readReleaseTables(directory, STARTER).kindOf('Win.Virus.Sality'), 'virus');
  writeFileSync(join(directory, 'kinds.json'), '{"prefixes":[{"prefix":"Win.","kind":"worm"}]}');
  assert.equal(readReleaseTables(directory, STARTER).kindOf('Win.Virus.Sality'), 'worm');
});

test('what is wrong with a table is told: deny where it cannot be, and a table that is nowhere', (t) => {
  const directory = temporaryDirectory(t);
  const deny = '{"virus":{"primary":"deny","secondary":null,"notify":"detected"}}';
  writeFileSync(join(directory, 'actions.json'), `{"realtime":{},"scheduled":{},"manual":${deny}}`);
  const where = join(directory, 'actions.json');
  assert.throws(() => readReleaseTables(directory, STARTER), {
    message: `${where} is not a table of a pattern release: manual, virus: deny needs real-time scan.`,
  });
  const empty = temporaryDirectory(t);
  assert.throws(() => readReleaseTables(empty, empty), {
    code: 'patterns.table',
    where: 'kinds.json',
    message: /ENOENT/,
  });
});

test('PF-6e: the names of a tenant’s own patterns are those of the release, and none of the starter set', (t) => {
  const [directory, starter] = [temporaryDirectory(t), join(temporaryDirectory(t), 'starter')];
  cpSync(STARTER, starter, { recursive: true });
  writeFileSync(join(starter, 'tenant.json'), '{"names":["Foreign"]}');
  assert.deepEqual(readReleaseTables(directory, starter).tenantNames, new Set());
  writeFileSync(join(directory, 'tenant.json'), '{"names":["Acme.X","Acme.Y"]}');
  assert.deepEqual(readReleaseTables(directory, starter).tenantNames, new Set(['Acme.X', 'Acme.Y']));
  writeFileSync(join(directory, 'tenant.json'), '{"names":["Acme.X"],"more":1}');
  assert.throws(() => readReleaseTables(directory, starter), { code: 'patterns.table' });
});

test('a release has what the starter set’s tables say', () => {
  const { intelliScan, kinds, actions } = readReleaseTables(STARTER, STARTER);
  const table = (name: string): unknown => JSON.parse(readFileSync(join(STARTER, name), 'utf8'));
  assert.deepEqual(
    [intelliScan, { prefixes: kinds }, actions],
    ['types.json', 'kinds.json', 'actions.json'].map(table),
  );
});
