// SPDX-License-Identifier: Apache-2.0
// The import rules are themselves tested: a violation of each is planted in a small house of its own and must be seen, and what
// is allowed must not; this checkout's files are all read.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';
import { cruise, ROOMS, type Violation } from './cruise.ts';

const ROOT = join(import.meta.dirname, '../..');
const CONFIGURATION = join(ROOT, '.dependency-cruiser.cjs');

const SMALL_HOUSE: Readonly<Record<string, string>> = {
  'packages/core/src/index.ts': 'export const core = 1;\n',
  'packages/contract/src/index.ts': "export { core } from '@lazaret/core';\n",
  'packages/patterns/src/index.ts': "export { core } from '@lazaret/contract';\n",
  'packages/platform/src/index.ts': "export { join } from 'node:path';\n",
  'packages/testkit/src/index.ts': "export { core } from '@lazaret/core';\n",
  'packages/host/src/index.ts': "export { openSync } from '../../../native/safefs/src/index.ts';\n",
  'packages/host/src/memory/index.ts': "export { core } from '@lazaret/core';\n",
  'packages/host/src/memory/memory.test.ts': "import './index.ts';\n",
  'packages/agent/src/index.ts': "export { scan } from './scan/index.ts';\n",
  'packages/agent/src/scan/index.ts': "export { scan } from './scan.ts';\n",
  'packages/agent/src/scan/scan.ts': "import { state } from '../state/index.ts';\nexport const scan = state;\n",
  'packages/agent/src/scan/scan.test.ts': "import '@lazaret/testkit';\nimport '../state/state.ts';\n",
  'packages/agent/src/state/index.ts': "export { state } from './state.ts';\n",
  'packages/agent/src/state/state.ts': "import { core } from '@lazaret/core';\nexport const state = core;\n",
  'packages/manager/src/index.ts': "export { vms } from './vms/index.ts';\n",
  'packages/manager/src/vms/index.ts': "export { vms } from './vms.ts';\n",
  'packages/manager/src/vms/vms.ts': "import { open } from '../database/index.ts';\nexport const vms = open;\n",
  'packages/manager/src/vms/vms.test.ts': "import '@lazaret/testkit';\nimport '../database/open.ts';\n",
  'packages/manager/src/database/index.ts': "export { open } from './open.ts';\n",
  'packages/manager/src/database/open.ts': "import { core } from '@lazaret/contract';\nexport const open = core;\n",
  'native/safefs/src/index.ts': "export { openSync } from 'node:fs';\n",
  'apps/agent/src/main.ts': "import '@lazaret/agent';\n",
  'apps/manager/src/main.ts': "import '@lazaret/manager';\n",
  'apps/console/src/main.tsx': "import '@lazaret/contract';\n",
  'apps/cli/src/main.ts': "import '@lazaret/agent';\nimport '@lazaret/contract';\n",
  'tools/check/main.ts': "import 'node:fs';\n",
};

interface Planted {
  /** The name of the rule that must see it. */
  readonly rule: string;
  readonly path: string;
  readonly text: string;
}

const plant = (rule: string, path: string, ...imports: string[]): Planted => ({
  rule,
  path,
  text: `${imports.map((one) => `import '${one}';\n`).join('')}export {};\n`,
});

const PLANTED: readonly Planted[] = [
  plant('no-cycles', 'packages/core/src/self.ts', './other.ts'),
  plant('no-cycles', 'packages/core/src/other.ts', './self.ts'),
  plant('packages-core-imports', 'packages/core/src/planted.ts', '@lazaret/contract'),
  plant('packages-contract-imports', 'packages/contract/src/planted.ts', '@lazaret/patterns'),
  plant('packages-patterns-imports', 'packages/patterns/src/planted.ts', '../../platform/src/index.ts'),
  plant('packages-platform-imports', 'packages/platform/src/planted.ts', '@lazaret/core'),
  plant('apps-console-imports', 'apps/console/src/planted.tsx', '../../../packages/manager/src/index.ts'),
  plant('native-imports', 'native/safefs/src/planted.ts', '@lazaret/core'),
  plant('packages-host-imports', 'packages/host/src/planted.ts', '@lazaret/patterns'),
  plant('packages-agent-imports', 'packages/agent/src/planted.ts', '../../../apps/cli/src/main.ts'),
  plant('packages-agent-imports', 'packages/agent/src/opens.ts', '../../../native/safefs/src/index.ts'),
  plant('packages-manager-imports', 'packages/manager/src/planted.ts', '@lazaret/agent'),
  plant('apps-manager-imports', 'apps/manager/src/planted.ts', '@lazaret/core'),
  plant('apps-agent-imports', 'apps/agent/src/planted.ts', '@lazaret/core'),
  plant('apps-cli-imports', 'apps/cli/src/planted.ts', '../../../native/safefs/src/index.ts'),
  plant('pure-means-pure', 'packages/core/src/reads.ts', 'node:fs'),
  plant('pure-means-pure', 'packages/contract/src/reads.ts', 'node:crypto'),
  plant('testkit-only-in-tests', 'packages/agent/src/carries.ts', '@lazaret/testkit'),
  plant('memory-host-only-in-tests', 'packages/agent/src/pretends.ts', '../../host/src/memory/index.ts'),
  plant('features-meet-at-index', 'packages/agent/src/scan/deep.ts', '../state/state.ts'),
  plant('features-meet-at-index', 'packages/manager/src/vms/deep.ts', '../database/open.ts'),
  plant('no-unresolvable', 'tools/check/lost.ts', './nowhere.ts'),
];

function build(t: Parameters<typeof temporaryDirectory>[0], files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory(t);
  cpSync(CONFIGURATION, join(directory, '.dependency-cruiser.cjs'));
  mkdirSync(join(directory, 'node_modules/@lazaret'), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  for (const room of ROOMS) mkdirSync(join(directory, room), { recursive: true });
  for (const name of ['core', 'contract', 'patterns', 'platform', 'testkit', 'host', 'agent', 'manager']) {
    const manifest = { name: `@lazaret/${name}`, type: 'module', exports: { '.': './src/index.ts' } };
    mkdirSync(join(directory, 'packages', name), { recursive: true });
    writeFileSync(join(directory, 'packages', name, 'package.json'), JSON.stringify(manifest));
    symlinkSync(join('../../packages', name), join(directory, 'node_modules/@lazaret', name));
  }
  return directory;
}

test('what the rules allow passes, through package names as well, and every file is read', (t) => {
  const { violations, unread, modules } = cruise(build(t, SMALL_HOUSE));
  assert.deepEqual(violations, []);
  assert.deepEqual(unread, []);
  assert.ok(modules >= Object.keys(SMALL_HOUSE).length);
});

test('a planted violation of each rule is seen, at the file where it was planted', (t) => {
  const rules = createRequire(import.meta.url)(CONFIGURATION) as { forbidden: readonly { readonly name: string }[] };
  const names = rules.forbidden.map(({ name }) => name);
  assert.deepEqual(
    [...new Set(PLANTED.map(({ rule }) => rule))].toSorted(),
    names.toSorted(),
    'each rule has its plant',
  );
  const planted = Object.fromEntries(PLANTED.map(({ path, text }) => [path, text]));
  const { violations } = cruise(build(t, { ...SMALL_HOUSE, ...planted }));
  // A cycle is told once, at one of its files.
  const isAt = (seen: Violation, path: string): boolean => seen.from === path || seen.to === path;
  for (const { rule, path } of PLANTED)
    assert.ok(
      violations.some((seen) => seen.rule === rule && isAt(seen, path)),
      `${rule} at ${path} was not seen`,
    );
  const places = new Set(PLANTED.map(({ path }) => path));
  assert.deepEqual(
    violations.filter(({ from }) => !places.has(from)),
    [],
    'and nothing else',
  );
});

test('files that the cruiser does not read are told', (t) => {
  const directory = build(t, SMALL_HOUSE);
  // A configuration that looks right and reads nothing.
  writeFileSync(
    join(directory, '.dependency-cruiser.cjs'),
    `const rules = require(${JSON.stringify(CONFIGURATION)});\n` +
      "module.exports = { ...rules, options: { ...rules.options, exclude: { path: '[.]tsx?$' } } };\n",
  );
  const { unread } = cruise(directory);
  assert.deepEqual(unread.toSorted(), Object.keys(SMALL_HOUSE).toSorted());
});

test('this checkout: every file of the rooms is read, and the arrows between packages are seen', () => {
  const { unread, modules } = cruise(ROOT);
  assert.deepEqual(unread, []);
  assert.ok(modules > 250, `${modules} modules`);
});
