// SPDX-License-Identifier: Apache-2.0
// npm run bench -- NAME: measures against the peers in the same run. Results and their command go to docs/benchmarks.md by hand,
// after a look at their spread; never a timed test, because machines are shared and noisy.
const name = process.argv[2] ?? '';
const BENCHES: Readonly<Record<string, () => Promise<{ run(argv: readonly string[]): Promise<void> }>>> = {
  manager: () => import('./manager/manager.ts'),
  realtime: () => import('./realtime/realtime.ts'),
  scan: () => import('./scan/scan.ts'),
  walk: () => import('./walk/walk.ts'),
  'manager-api': () => import('./manager-api/manager-api.ts'),
};
const load = BENCHES[name];
if (load === undefined) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')} [options]`);
  process.exitCode = 2;
} else {
  await (await load()).run(process.argv.slice(3));
}
