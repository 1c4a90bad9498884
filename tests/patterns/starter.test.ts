// SPDX-License-Identifier: Apache-2.0
// The starter set by the real scan process: every rule finds its sample and nothing near it; EICAR is what its definition
// says; neither this repository nor the operating system is found.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { join, relative } from 'node:path';
import type { ScannerAnswer } from '@lazaret/contract';
import { eicar, fullSize, nearMisses, seededRandom, starterSamples, testSeed } from '@lazaret/testkit';
import { readReleaseTables } from '../../packages/agent/src/update/release-tables.ts';
import { readStarterRules } from '../../tools/codegen/starter-rules/rules.ts';
import { checkoutFiles, packageFiles, regularFile } from '../installed-files.ts';
import { startTestScanner, type TestScanner } from '../scanner/test-scanner.ts';

const ROOT = join(import.meta.dirname, '../..');
const STARTER = join(ROOT, 'patterns/starter');

async function starterScanner(test: Parameters<typeof startTestScanner>[0]): Promise<TestScanner> {
  const scanner = await startTestScanner(test, {}, { load: false });
  await scanner.load({ directory: STARTER, requireEicar: true });
  return scanner;
}

const namesOf = (answer: ScannerAnswer): string[] => answer.threats.map(({ name }) => name).toSorted();

test('PF-6b, AC-1a: each rule of the starter set finds its sample by its name, and the kind table says its kind', async (t) => {
  const scanner = await starterScanner(t);
  const tables = readReleaseTables(STARTER, STARTER);
  const found = new Set<string>();
  for (const { name, content } of starterSamples()) {
    const answer = await scanner.scanBytes(content);
    assert.equal(answer.verdict, 'infected', `${name}: ${content.toString().slice(0, 200)}`);
    assert.deepEqual(namesOf(answer), [name], content.toString().slice(0, 200));
    found.add(name);
  }
  for (const { name, kind } of readStarterRules(STARTER)) {
    assert.equal(tables.kindOf(name), kind, name);
    if (kind !== 'test') assert.ok(found.has(name), `${name} has no sample`);
  }
  assert.ok(found.size >= 20, 'the rules were read');
});

test('PF-6b: what comes near to a rule is clean: citations, honest halves, the scripts of administrators', async (t) => {
  const scanner = await starterScanner(t);
  for (const [why, text] of nearMisses) {
    const answer = await scanner.scanBytes(Buffer.from(text));
    assert.deepEqual(namesOf(answer), [], why);
    assert.equal(answer.verdict, 'clean', why);
  }
});

test('EICAR by its definition: 68 bytes at the start, at most 128 with white space behind, never in a text', async (t) => {
  const scanner = await starterScanner(t);
  const padded = (text: string): Buffer => Buffer.concat([eicar(), Buffer.from(text)]);
  const yes: Record<string, Buffer> = {
    'the 68 bytes': eicar(),
    'a line end': padded('\r\n'),
    'all five kinds of white space': padded(' \t\n\r\x1a'),
    '128 bytes': padded(' '.repeat(60)),
  };
  const no: Record<string, Buffer> = {
    '129 bytes': padded(' '.repeat(61)),
    'a letter behind': padded(' x'),
    'a NUL behind': padded('\0'),
    'another text behind': padded(' and more\n'),
    'a space before': Buffer.concat([Buffer.from(' '), eicar()]),
    'in the middle of a text': Buffer.concat([Buffer.from('it reads '), eicar(), Buffer.from(' in full')]),
    'a byte short': eicar().subarray(0, 67),
    'a byte changed': Buffer.from(eicar().toString().replace('STANDARD', 'STANDARE')),
  };
  for (const [what, bytes] of Object.entries(yes))
    assert.deepEqual(namesOf(await scanner.scanBytes(bytes)), ['Eicar-Test-Signature'], what);
  for (const [what, bytes] of Object.entries(no)) assert.deepEqual(namesOf(await scanner.scanBytes(bytes)), [], what);
});

/** Scans with both workers busy, and answers what was found. */
async function findIn(scanner: TestScanner, paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
      const answer = await scanner.scanFile(path).catch((error: unknown) => {
        if (regularFile(path) === null) return null; // it has gone meanwhile
        throw error;
      });
      if (answer !== null && answer.threats.length > 0) found.push(`${path}: ${namesOf(answer).join(', ')}`);
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  return found.toSorted();
}

test('no file of this repository is found by our own rules', async (t) => {
  const scanner = await starterScanner(t);
  const paths = checkoutFiles(ROOT);
  assert.ok(paths.length > 300, `only ${paths.length} files were looked at`);
  assert.ok(paths.includes(join(ROOT, 'packages/testkit/src/samples/starter.ts')));
  const found = await findIn(scanner, paths);
  assert.deepEqual(
    found.map((line) => relative(ROOT, line)),
    [],
  );
});

const FILES_BY_DEFAULT = 3_000;
const FILE_BYTES_MAX_BY_DEFAULT = 4 * 1024 * 1024;

test('PF-6b: no file of the operating system is found', async (t) => {
  const scanner = await starterScanner(t);
  const all = packageFiles(/^\/(usr\/(bin|sbin|lib|share)|etc)\/(?!clamav-testfiles\/)/);
  assert.ok(all.length > FILES_BY_DEFAULT, `an operating system has more than ${all.length} files`);
  const random = seededRandom(testSeed);
  const chance = FILES_BY_DEFAULT / all.length;
  const chosen = fullSize
    ? all
    : all.filter((path) => random() < chance && (regularFile(path)?.size ?? Infinity) <= FILE_BYTES_MAX_BY_DEFAULT);
  assert.deepEqual(await findIn(scanner, chosen), []);
  t.diagnostic(`${chosen.length} of ${all.length} files scanned, none found (seed ${testSeed})`);
});
