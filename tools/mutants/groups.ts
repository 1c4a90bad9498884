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

/** Files with the tests beside them, and others that those tests hold, too. */
const inPackage =
  (room: string) =>
  (name: string, files: string, others?: string): MutantGroup => ({
    name: `${room}/${name}`,
    mutate: [files, ...(others === undefined ? [] : [others])].map((glob) => `packages/${room}/src/${glob}.ts`),
    tests: [`packages/${room}/src/${files}.test.ts`],
  });
const agent = inPackage('agent');
const host = inPackage('host');
const manager = inPackage('manager');

/** Of the console what decides without a page: the runner knows no Vitest. */
const consoleFiles = (name: string, files: string): MutantGroup => ({
  name: `console/${name}`,
  mutate: [`apps/console/src/{${files}}.ts`],
  tests: [`apps/console/src/{${files}}.test.ts`],
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
      'packages/core/src/text/paths.ts',
    ],
    tests: ['packages/core/src/targets/*.test.ts', 'packages/core/src/text/paths.test.ts'],
  },
  {
    name: 'core/systems',
    // Without the table of other products.
    mutate: ['packages/core/src/systems/{other-products,size,supported}.ts'],
    tests: ['packages/core/src/systems/*.test.ts'],
  },
  coreFiles(
    'actions',
    'actions/action-plan,actions/action-check,verdicts/unscanned,verdicts/kinds,verdicts/coverage,verdicts/verdict',
  ),
  coreFiles('words', 'text/nearest,text/case-fold,text/path-text,policy/explain,temporal,text/json-pointer'),
  coreFiles('secrets', 'secrets/mask-secrets,secrets/secret-habits'),
  {
    // Held by the tables of docs/reference/policy.md, which a test of contract reads.
    name: 'core/policy-values',
    mutate: ['packages/core/src/{limits,policy/policy-defaults}.ts'],
    tests: [
      'packages/core/src/{limits,policy/policy-defaults}.test.ts',
      'packages/contract/src/policy/{policy-check,schedule-schema}.test.ts',
    ],
  },
  {
    name: 'contract/policy',
    mutate: ['packages/contract/src/{policy/policy-check,policy/policy-json-schema,check,shape-message}.ts'],
    tests: [
      'packages/contract/src/{policy/policy-check,policy/policy-json-schema,policy/schedule-schema,shape-message}.test.ts',
    ],
  },
  {
    name: 'contract/forms',
    mutate: ['packages/contract/src/{canonical-json,identities,link/enrolment-token,rest/accounts/rights}.ts'],
    tests: ['packages/contract/src/{canonical-json,identities,link/enrolment-token,rest/accounts/rights}.test.ts'],
  },
  {
    name: 'core/gate',
    // Without rules.ts, which tests/gate-rules holds against the native gate.
    mutate: ['packages/core/src/gate/{bytes-text,folds}.ts'],
    tests: ['packages/core/src/gate/bytes-text.test.ts'],
  },
  {
    name: 'patterns/release',
    mutate: [
      'packages/patterns/src/{format/manifest,format/pattern-files,identity/content-hash,identity/release-identity}.ts',
      'packages/patterns/src/acceptance/{bad-files,contents,loading,offered,order}.ts',
      'packages/patterns/src/{download/arriving-file,download/plan}.ts',
      'packages/patterns/src/sources/{default-sources,offers,own-signatures,starter-only}.ts',
    ],
    tests: ['packages/patterns/src/*/*.test.ts'],
  },
  // Of agent and manager what decides without PostgreSQL, a kernel and the native parts. docs/proofs/mutants.md names what is left.
  agent('pace', '{link/pace,scan/run/pacing,scan/run/totals,scan/run/run-control}'),
  agent(
    'realtime',
    'realtime/{state/state-of,detections/told-once,let-through/work-queue,state/week,places,state/report}',
  ),
  agent('clamd', 'clamd/{parser,verbs,answer,reloads}'),
  agent('vault', 'vault/{format/format,entries/capacity,format/metadata,format/path-bytes}'),
  agent('lines', '{control/lines,scan/run/in-order,spool/envelope,spool/shared-sync}'),
  agent(
    'remembered',
    '{schedule/look,schedule/scheduler,ceiling/brake,link/orders/command-desk,link/orders/mark-store}',
  ),
  agent(
    'releases',
    'update/{default-sources,given-file,readable-patterns,release-loader,release-store,release-tables}',
    'update/pattern-directory',
  ),
  agent('policy', 'policy/{kept-policy,policy-file,policy-text}'),
  agent('places', '{policy/ours-alone,clamd/open-directory}'),
  agent('spool', 'spool/{spool,spool-reader}'),
  agent('doctor', 'doctor/route-steps'),
  host('machine', 'linux/machine/{fanotify-info,size,system-facts}'),
  host('gate', 'linux/gate/done-numbers'),
  agent(
    'engine',
    'engine/{engine-keeper,missed-pings,answers/scan-answer,answers/scan-failures,answers/status-answers,answers/wire}',
  ),
  manager('views', '{vms/present,link/knock/wake-hub,auth/grants/consented-tenants}'),
  manager('turns', '{auth/sign-in/fair-queue,ingest/quota}'),
  manager('alarms', 'alarms/{plan-alarms,vm-facts}'),
  manager('certificates', 'ca/certificates'),
  manager('server', 'server/{access,address,page,errors}'),
  manager('forms', '{policies/diff,ingest/detection-columns,ingest/storable,quarantine/archive}'),
  manager('words', '{notify/render-mail,vms/protection}', 'notify/texts/*'),
  manager(
    'rights',
    'auth/{grants/granting,sign-in/budgets,factors/password,factors/password-rule,factors/shown-factors,factors/totp,sessions/cookies}',
  ),
  {
    name: 'manager/holders',
    mutate: ['packages/manager/src/link/{clones/clone,clones/mark,clones/news,certificates/renewal}.ts'],
    tests: [
      'packages/manager/src/link/{clones/clone,clones/clone-cases,clones/mark,clones/news,certificates/renewal}.test.ts',
    ],
  },
  consoleFiles(
    'texts',
    'i18n/format,i18n/choose-language,parts/text/csv,parts/text/hostile,pages/notices/notice-state',
  ),
  consoleFiles(
    'policy',
    'policy/diff,policy/exceptions/exception-match,schedule/forms,schedule/plan-runs,schedule/week-minutes',
  ),
  consoleFiles('addresses', 'api/query,app/search,pages/quarantine/restore-order,pages/account/safe-next'),
];
