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
  core('targets'),
  core('systems'),
  coreFiles('actions', 'action-plan,unscanned,kinds,coverage'),
  coreFiles('secrets', 'mask-secrets,secret-habits'),
  coreFiles('words', 'nearest,case-fold,path-text,explain,temporal,limits,policy-defaults'),
];
