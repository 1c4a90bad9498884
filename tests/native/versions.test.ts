// SPDX-License-Identifier: Apache-2.0
// Every native program says which it is and of which version, before it does anything else: what is found on a machine can be told apart.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, '.build/native/bin');
const { version } = JSON.parse(readFileSync(join(ROOT, 'apps/agent/package.json'), 'utf8')) as { version: string };

/** What a build under way has not yet renamed is no program. */
const programs = readdirSync(BIN).filter((name) => !name.endsWith('.new'));

/** As the packages tell it that they were built with. */
const installed = (name: string): string =>
  execFileSync('pkg-config', ['--modversion', name], { encoding: 'utf8' }).trim();

const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  'lazaret-scanner': ['libclamav', 'libyara', 'libarchive'],
  'lazaret-scanner-faults': ['libclamav', 'libyara', 'libarchive'],
  'bare-clamav': ['libclamav'],
};
const PACKAGES: Readonly<Record<string, string>> = {
  libclamav: 'libclamav',
  libyara: 'yara',
  libarchive: 'libarchive',
};

test('every native program tells its name and version, the scanner those of its libraries too, and ends with 0', () => {
  for (const name of ['lazaret-scanner', 'lazaret-gate', 'lazaret-supervisor', 'lazaret-clamd-door'])
    assert.ok(programs.includes(name), `${name} is built`);
  for (const name of programs) {
    const ran = spawnSync(join(BIN, name), ['--version'], { encoding: 'utf8', input: '', timeout: 30_000 });
    const libraries = (LIBRARIES[name] ?? []).map((library) => `${library} ${installed(PACKAGES[library] ?? '')}\n`);
    const expected = [`${name} ${version}\n`, ...libraries].join('');
    assert.deepEqual([ran.status, ran.stdout, ran.stderr], [0, expected, ''], name);
  }
});

test('all parts of the product have one version', () => {
  const packages = execFileSync('git', ['ls-files', '*/package.json'], { cwd: ROOT, encoding: 'utf8' })
    .trim()
    .split('\n');
  const versions = packages.flatMap((path) => {
    const { version: own } = JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as { version?: string };
    return own === undefined ? [] : [`${path} ${own}`];
  });
  assert.ok(versions.length > 5);
  assert.deepEqual(
    versions.filter((line) => !line.endsWith(` ${version}`)),
    [],
  );
});
