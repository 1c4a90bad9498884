// SPDX-License-Identifier: Apache-2.0
// What the documents point at is there: links to files and headings, tests that README tells to run, places that ARCHITECTURE names.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PARTS } from '../check/parts.ts';
import { filesOf } from '../check/run-tests.ts';
import { test } from 'node:test';

const DOCUMENTS = globSync(['*.md', 'docs/**/*.md', 'native/*/*.md', 'patterns/**/*.md']).toSorted();
const LINK = /\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g;

interface Link {
  readonly from: string;
  readonly file: string;
  readonly heading: string | undefined;
}

function linksOf(from: string, text: string): readonly Link[] {
  return Array.from(text.matchAll(LINK), ([, file = '', heading]) => ({
    from,
    file: file === '' ? from : join(dirname(from), file),
    heading,
  }));
}

/** As the usual renderers name a heading. */
function headingsOf(text: string): readonly string[] {
  const heads = Array.from(text.matchAll(/^#+ (.+)$/gm), ([, head = '']) => head.toLowerCase());
  return heads.map((head) => head.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));
}

function isBroken({ file, heading }: Link): boolean {
  if (!existsSync(file)) return true;
  return heading !== undefined && !headingsOf(readFileSync(file, 'utf8')).includes(heading);
}

test('every link of every document leads somewhere', () => {
  const links = DOCUMENTS.flatMap((path) => linksOf(path, readFileSync(path, 'utf8')));
  assert.ok(links.length > 100, `only ${links.length} links were found: the finder is broken`);
  assert.deepEqual(links.filter(isBroken), []);
});

test('every test file that the proofs tell to run is there', () => {
  const named = readFileSync('docs/proofs/README.md', 'utf8').match(/[\w./*{},-]+\.test\.ts\b/g) ?? [];
  assert.ok(named.length > 10, `only ${named.length} were found`);
  assert.deepEqual(
    named.filter((glob) => globSync(glob).length === 0),
    [],
  );
});

test('every test that SECURITY names as proof is there, and is run by ./check', () => {
  const named = Array.from(
    readFileSync('SECURITY.md', 'utf8').matchAll(/`([\w./-]+\.test\.ts)`/g),
    ([, path = '']) => path,
  );
  assert.ok(named.length > 20, `only ${named.length} were found`);
  const run = new Set(PARTS.flatMap((part) => (part.kind === 'tests' ? filesOf(part) : [])));
  assert.deepEqual(
    named.filter((path) => !run.has(path)),
    [],
  );
});

test('every file that ARCHITECTURE names is there', () => {
  const rooms = ['', 'packages', 'packages/agent/src', 'packages/core/src', 'packages/manager/src', 'apps/cli/src'];
  const named = Array.from(
    readFileSync('ARCHITECTURE.md', 'utf8').matchAll(/`([\w-]+(?:\/[\w.-]+)+\.(?:ts|cpp|h|md|json))`/g),
    ([, path = '']) => path,
  );
  assert.ok(named.length > 20, `only ${named.length} were found`);
  const missing = named.filter((path) => !rooms.some((room) => existsSync(join(room, path))));
  assert.deepEqual(missing, []);
});

test('a planted link to nowhere, or to no heading, is found', () => {
  const planted = linksOf(
    'README.md',
    '[a](docs/none.md) [b](ARCHITECTURE.md#no-such-heading) [c](ARCHITECTURE.md#rooms)',
  );
  assert.deepEqual(planted.map(isBroken), [true, true, false]);
});
