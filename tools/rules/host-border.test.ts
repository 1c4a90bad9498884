// SPDX-License-Identifier: Apache-2.0
// The agent names no place of an operating system and none of its native parts: it asks packages/host, where one folder stands for one system.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const OF_A_SYSTEM = /["'`]\/(?:proc|etc|sys|dev)\b|["'`]linux["'`]|@lazaret\/(?:safefs|fdlink)/;
const TESTS = /\.test\.ts$|(?:^|\/)test-[a-z-]+\.ts$/;

const ofASystem = (text: string): string[] =>
  text.split('\n').filter((line) => OF_A_SYSTEM.test(line) && !/^\s*(?:\/\/|\*|\/\*)/.test(line));

const sources = (glob: string): string[] => globSync(glob, { cwd: ROOT }).filter((path) => !TESTS.test(path));

test('no source file of the agent names a place of an operating system, or a native part', () => {
  const files = sources('packages/agent/src/**/*.ts');
  assert.ok(files.length > 100, `${files.length} files`);
  const found = files.flatMap((path) =>
    ofASystem(readFileSync(join(ROOT, path), 'utf8')).map((line) => `${path}: ${line.trim()}`),
  );
  assert.deepEqual(found, []);
});

/** Features that ask the operating system by ports alone. A feature that has come so far stays so. */
const BY_PORTS = ['actions', 'quarantine', 'vault'] as const;
/** Another way to the system than a port. What is pure in Node (`path`, `crypto`, `timers`) is none. */
const OTHER_DOOR =
  /from ['"](?:@lazaret\/host|(?:node:)?(?:fs|fs\/promises|child_process|net|os|process))['"]|\bprocess\.(?!cwd\b)/;

const byOtherDoors = (text: string): string[] =>
  text.split('\n').filter((line) => OTHER_DOOR.test(line) && !/^\s*(?:\/\/|\*|\/\*)/.test(line));

test('features that take ports reach the operating system by no other door', () => {
  for (const feature of BY_PORTS) {
    const files = sources(`packages/agent/src/${feature}/**/*.ts`);
    assert.ok(files.length > 0, feature);
    for (const path of files) assert.deepEqual(byOtherDoors(readFileSync(join(ROOT, path), 'utf8')), [], path);
  }
});

test('the host of this system is taken in where the agent is put together, and handed on from there', () => {
  const takes = /import [^;]*\bHOST\b[^;]*from ['"]@lazaret\/host['"]/;
  const takers = sources('packages/agent/src/**/*.ts').filter((path) =>
    takes.test(readFileSync(join(ROOT, path), 'utf8')),
  );
  assert.ok(takers.length > 0);
  assert.deepEqual(
    takers.filter((path) => !path.startsWith('packages/agent/src/wiring/')),
    [],
  );
});

test('the rule sees each other door', () => {
  for (const line of [
    "import { openSync } from 'node:fs';",
    "import { open } from 'fs/promises';",
    "import { spawn } from 'node:child_process';",
    "import { describe } from '@lazaret/host';",
    'const ours = process.geteuid?.();',
  ])
    assert.equal(byOtherDoors(line).length, 1, line);
  for (const line of [
    "import { join } from 'node:path';",
    "import type { OpenFile } from '@lazaret/host/ports';",
    '// process.pid is not asked',
    'const record = { process: self };',
  ])
    assert.deepEqual(byOtherDoors(line), [], line);
});

test('which system it is stands in one place of host', () => {
  const naming = sources('packages/host/src/**/*.ts').filter((path) =>
    /["'`]linux["'`]/.test(readFileSync(join(ROOT, path), 'utf8')),
  );
  assert.deepEqual(naming, ['packages/host/src/index.ts']);
});

test('the rule sees each way to name one', () => {
  for (const line of [
    "readFileSync('/proc/mounts');",
    "const file = '/etc/passwd';",
    'open(`/proc/self/fd/${fd}`);',
    "open('/dev/fuse');",
    "readFileSync('/sys/fs/cgroup');",
    "const system = 'linux';",
    "import { describe } from '@lazaret/safefs';",
    "import { Link } from '@lazaret/fdlink';",
  ])
    assert.equal(ofASystem(line).length, 1, line);
  for (const line of ['// as in /proc', " * of '/etc' it is", "join(state, 'processes')"])
    assert.deepEqual(ofASystem(line), []);
});
