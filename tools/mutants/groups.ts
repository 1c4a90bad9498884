// SPDX-License-Identifier: Apache-2.0
// What is mutated, and by which tests a mutant has to be seen. Decisions alone: what they are made of is text, and what they lead to is shown end to end.

export interface MutantGroup {
  readonly name: string;
  /** Globs; a leading `!` takes away. */
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
}

const core = (name: string): MutantGroup => ({
  name: `core/${name}`,
  mutate: [`packages/core/src/${name}/*.ts`],
  tests: [`packages/core/src/${name}/*.test.ts`],
});

/** Files that stand in no folder. */
const coreFiles = (name: string, files: string): MutantGroup => ({
  name: `core/${name}`,
  mutate: [`packages/core/src/{${files}}.ts`],
  tests: [`packages/core/src/{${files}}.test.ts`],
});

export const GROUPS: readonly MutantGroup[] = [
  core('alarms'),
  core('ceiling'),
  core('notify'),
  core('schedule'),
  core('exceptions'),
  {
    name: 'core/targets',
    // Without the tables of file systems: a test of them would be the tables once more.
    mutate: [
      'packages/core/src/targets/{check,compile,extension,file-systems,intelliscan}.ts',
      'packages/core/src/paths.ts',
    ],
    tests: ['packages/core/src/targets/*.test.ts', 'packages/core/src/paths.test.ts'],
  },
  {
    name: 'core/systems',
    // Without the table of other products.
    mutate: ['packages/core/src/systems/{other-products,size,supported}.ts'],
    tests: ['packages/core/src/systems/*.test.ts'],
  },
  coreFiles('actions', 'action-plan,unscanned,kinds,coverage'),
  coreFiles('words', 'nearest,case-fold,path-text,explain,temporal,json-pointer'),
  {
    // Held by the tables of docs/reference/policy.md, which a test of contract reads.
    name: 'core/policy-values',
    mutate: ['packages/core/src/{limits,policy-defaults}.ts'],
    tests: [
      'packages/core/src/{limits,policy-defaults}.test.ts',
      'packages/contract/src/{policy-check,schedule-schema}.test.ts',
    ],
  },
  {
    name: 'contract/policy',
    mutate: ['packages/contract/src/{policy-check,policy-json-schema,check,shape-message}.ts'],
    tests: ['packages/contract/src/{policy-check,policy-json-schema,schedule-schema,shape-message}.test.ts'],
  },
  {
    name: 'contract/forms',
    mutate: ['packages/contract/src/{canonical-json,identities,link/enrolment-token}.ts'],
    tests: ['packages/contract/src/{canonical-json,identities,link/enrolment-token}.test.ts'],
  },
  // Of agent and manager what decides without a database, a kernel and the native parts: most of their other decisions stand in files that do things, and are
  // held by tests that need PostgreSQL, a mount or a scan process, for which a mutant would take a minute. docs/proofs/mutants.md names what is left.
  {
    name: 'agent/pace',
    mutate: ['packages/agent/src/{link/pace,scan/pacing,scan/totals,scan/run-control}.ts'],
    tests: ['packages/agent/src/{link/pace,scan/pacing,scan/totals,scan/run-control}.test.ts'],
  },
  {
    name: 'manager/turns',
    mutate: ['packages/manager/src/{auth/fair-queue,ingest/quota}.ts'],
    tests: ['packages/manager/src/{auth/fair-queue,ingest/quota}.test.ts'],
  },
];
