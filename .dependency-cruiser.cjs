// SPDX-License-Identifier: Apache-2.0
// Which way imports go (ARCHITECTURE.md). Each rule says why and what to do instead; tools/rules/rules.test.ts plants
// a violation of each and must see it fail, because a misconfigured cruiser reports "0 modules, no violations".
const room = (name) => `^${name}/`;
/** Tests, and what only tests import (`test-….ts`). */
const tests = '(\\.test|/test-[^/]+)\\.tsx?$';
const only = (from, allowed, why) => ({
  name: `${from.replaceAll(/[^a-z]+/g, '-')}-imports`,
  comment: why,
  severity: 'error',
  from: { path: room(from), pathNot: tests },
  to: { path: '^(packages|apps|native|tools|e2e|tests|bench)/', pathNot: [room(from), ...allowed.map(room)] },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle has no direction to read it in. Move the shared piece down.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    only('packages/core', [], 'core is pure and leans on nothing of ours: hand the value in instead.'),
    only(
      'packages/contract',
      ['packages/core'],
      'contract names what crosses a wire; it may only know the words of core.',
    ),
    only(
      'packages/patterns',
      ['packages/core', 'packages/contract'],
      'patterns turns bytes into trust; I/O pieces are handed in.',
    ),
    only('packages/platform', [], 'platform pieces are small and know nothing of the product.'),
    only('native', [], 'native programs and their faces know nothing of the product: map the types in the caller.'),
    only(
      'packages/host',
      ['packages/core', 'packages/contract', 'packages/platform', 'native'],
      'host is the border to the operating system: it asks the system and knows nothing of scans, policies or the manager.',
    ),
    only(
      'packages/agent',
      ['packages/core', 'packages/contract', 'packages/patterns', 'packages/platform', 'packages/host'],
      'the agent must not know manager, CLI or apps; the operating system and native parts are behind packages/host.',
    ),
    only(
      'packages/manager',
      ['packages/core', 'packages/contract', 'packages/patterns', 'packages/platform'],
      'the manager must not know agent, CLI or apps: they meet on the wire, by contract.',
    ),
    only('apps/agent', ['packages/agent', 'packages/platform'], 'an app is a thin main over its package.'),
    only('apps/manager', ['packages/manager', 'packages/platform'], 'an app is a thin main over its package.'),
    only(
      'apps/cli',
      ['packages/core', 'packages/contract', 'packages/agent', 'packages/patterns', 'packages/platform'],
      'the CLI is a thin main over the agent package.',
    ),
    only(
      'apps/console',
      ['packages/core', 'packages/contract'],
      'the console knows the decisions of core and the shapes of contract; all else it asks the manager by its API.',
    ),
    {
      name: 'pure-means-pure',
      comment: 'core and contract do no I/O: no node:* module. Take what you need as an argument.',
      severity: 'error',
      from: { path: '^packages/(core|contract)/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'testkit-only-in-tests',
      comment: 'testkit makes infected samples and fault points: the product must not carry it.',
      severity: 'error',
      from: { path: '^(packages|apps|native)/', pathNot: [tests, '^packages/testkit/'] },
      to: { path: '^packages/testkit/' },
    },
    {
      name: 'memory-host-only-in-tests',
      comment:
        'The machine in memory and the contracts of the ports prove things; the product runs on a system. Take a port as a parameter.',
      severity: 'error',
      from: { path: '^(packages|apps|native)/', pathNot: [tests, '^packages/(testkit|host/src/(memory|contract))/'] },
      to: { path: '^packages/host/src/(memory|contract)/' },
    },
    {
      name: 'features-meet-at-index',
      comment: 'A feature of agent or manager is entered by its index.ts, so that its inside can change.',
      severity: 'error',
      from: { path: '^packages/(agent|manager)/src/([^/]+)/', pathNot: tests },
      to: { path: '^packages/(agent|manager)/src/([^/]+)/', pathNot: ['^packages/$1/src/$2/', '/index\\.ts$'] },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that is not found is an arrow that is not checked.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules/(?!@lazaret)' },
    exclude: { path: '(^|/)(dist|\\.build|\\.state|\\.runtime|demo)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.json', '.node', '.css'],
    },
  },
};
