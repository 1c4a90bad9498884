// SPDX-License-Identifier: Apache-2.0
// The parts of ./check in their order: the quick and exact first, so that a slip costs seconds.

export interface CommandPart {
  readonly kind: 'command';
  readonly name: string;
  readonly command: readonly string[];
  readonly quick: boolean;
}

export interface TestPart {
  readonly kind: 'tests';
  readonly name: string;
  readonly globs: readonly string[];
  /** Only with --full, or by name: not every run of ./check makes what it proves. */
  readonly fullOnly?: boolean;
  /** Files of these globs that are another part's. */
  readonly except?: readonly string[];
  readonly quick: boolean;
  /** Files at once. Tests that own mounts, sockets or both cores run alone. */
  readonly concurrency: number;
}

/** Component tests of the console, in the folder of its Vite configuration. */
export interface VitestPart {
  readonly kind: 'vitest';
  readonly name: string;
  readonly directory: string;
  readonly quick: boolean;
}

export type Part = CommandPart | TestPart | VitestPart;

const command = (name: string, ...argv: string[]): CommandPart => ({
  kind: 'command',
  name,
  command: argv,
  quick: true,
});

/**
 * End-to-end files that need the machine for themselves, each with why. All others own their mounts, ports and states, and run two at a time.
 */
const ALONE = [
  'e2e/scan/budget.test.ts', // measures the share of the processor that a scan takes
  'e2e/scan/soak.test.ts', // compares memory before and after
  'e2e/realtime-under-load/stress.test.ts', // kills and hangs by the clock, with loads of its own on every core
  'e2e/realtime-under-load/fair.test.ts', // four hostile users take every core; who else waits for one is no part of the proof
  'e2e/realtime-under-load/storm.test.ts', // sixteen processes open and write at once
  'e2e/realtime-under-load/overload.test.ts', // counts what a deadline lets through while all workers are busy
  'e2e/agent/start.test.ts', // ./start uses the demo folder of this checkout
] as const;

/** A VM each, whose emulated processors take both cores. */
const VM_LAB = ['e2e/vm-lab/vm-lab.test.ts', 'e2e/vm-lab/network-drives.test.ts'] as const;

/** Generated input on both cores, for a time that is set: nothing runs beside it. */
const FUZZ = ['tests/fuzz/planted.test.ts', 'tests/fuzz/targets.test.ts'] as const;

/** Of what the console decides without a page; those of its components are Vitest's (`.test.tsx`). */
const CONSOLE_TESTS = 'apps/console/src/**/*.test.ts';

/** Of the agent and its host: what needs no kernel, no root and no built addon, because it runs on the machine in memory. */
const ON_MEMORY = [
  'packages/host/src/memory/memory-contract.test.ts',
  'packages/agent/src/actions/remove-object.test.ts',
  'packages/agent/src/engine/session.test.ts',
  'packages/agent/src/vault/damage.test.ts',
  'packages/agent/src/vault/vault.test.ts',
  'packages/agent/src/vault/format/format.test.ts',
  'packages/agent/src/vault/format/metadata.test.ts',
  'packages/agent/src/vault/format/old-format.test.ts',
  'packages/agent/src/vault/format/path-bytes.test.ts',
  'packages/agent/src/vault/restore/restored-names.test.ts',
] as const;

export const PARTS: readonly Part[] = [
  command('format', 'biome', 'format', '.'),
  command('types', 'tsc', '-b'),
  command('lint', 'oxlint', '--type-aware', '--deny-warnings'),
  command('import-rules', 'node', 'tools/rules/main.ts'),
  command('native-format', 'node', 'tools/native/main.ts', 'format'),
  command('native-lint', 'node', 'tools/native/main.ts', 'lint'),
  command('dead-code', 'knip', '--no-config-hints'),
  command('conformance', 'node', 'tools/conformance/main.ts', '--check'),
  {
    kind: 'tests',
    name: 'unit',
    globs: [
      'packages/{core,contract,patterns,platform}/src/**/*.test.ts',
      ...ON_MEMORY,
      CONSOLE_TESTS,
      'tools/**/*.test.ts',
    ],
    quick: true,
    concurrency: 2,
  },
  { kind: 'vitest', name: 'console-components', directory: 'apps/console', quick: true },
  command('console-build', 'vite', 'build', 'apps/console', '--logLevel', 'warn'),
  { ...command('mutants', 'node', 'tools/mutants/main.ts', '--check'), quick: false },
  {
    kind: 'tests',
    name: 'native',
    globs: ['native/*/src/**/*.test.ts', 'native/unit/*.test.ts'],
    quick: false,
    concurrency: 1,
  },
  { kind: 'tests', name: 'fuzz', globs: FUZZ, quick: false, concurrency: 1 },
  // Both mostly wait, for disks and for programs.
  {
    kind: 'tests',
    name: 'agent-and-apps',
    globs: ['packages/{agent,host,testkit}/src/**/*.test.ts', 'apps/{agent,cli,manager}/src/**/*.test.ts'],
    except: ON_MEMORY,
    quick: false,
    concurrency: 2,
  },
  { kind: 'tests', name: 'manager', globs: ['packages/manager/src/**/*.test.ts'], quick: false, concurrency: 2 },
  {
    kind: 'tests',
    name: 'end-to-end',
    globs: ['{e2e,tests}/**/*.test.ts'],
    except: [...ALONE, ...FUZZ, ...VM_LAB],
    quick: false,
    concurrency: 2,
  },
  { kind: 'tests', name: 'end-to-end-alone', globs: ALONE, quick: false, concurrency: 1 },
  { kind: 'tests', name: 'vm-lab', globs: VM_LAB, quick: false, concurrency: 1 },
];
