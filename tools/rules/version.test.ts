// SPDX-License-Identifier: Apache-2.0
// One version for the whole checkout: the constant that programs print, and every package.json, which also name each other by it.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PRODUCT_VERSION } from '@lazaret/core';

const ROOT = join(import.meta.dirname, '../..');

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Every version that a package.json of ours says of ours. */
function versionsIn({ version, dependencies, devDependencies }: Manifest): readonly string[] {
  const ours = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) => name.startsWith('@lazaret/'));
  return [...(version === undefined ? [] : [version]), ...ours.map(([, wanted]) => wanted)];
}

test('every package of the checkout has the version that the programs print, and wants the others in it', () => {
  const paths = globSync(['packages/*/package.json', 'apps/*/package.json', 'native/*/package.json'], { cwd: ROOT });
  assert.ok(paths.length >= 12, `${paths.length} packages`);
  for (const path of paths) {
    const versions = versionsIn(JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Manifest);
    assert.ok(versions.length > 0, path);
    assert.deepEqual([...new Set(versions)], [PRODUCT_VERSION], path);
  }
});

test('a version of ours that differs is seen wherever it stands', () => {
  const manifest = {
    version: '1',
    dependencies: { '@lazaret/core': '2', zod: '9' },
    devDependencies: { '@lazaret/host': '3' },
  };
  assert.deepEqual(versionsIn(manifest), ['1', '2', '3']);
});
