// SPDX-License-Identifier: Apache-2.0
// The scan process killed in a loop during a run. Full size: 5,000 files.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fullSize, makeMarker, seededRandom, temporaryDirectory, testSeed } from '@lazaret/testkit';
import { collect, makeProduct, toScanned, until, type Product } from '../support/product.ts';
import { ROOT } from '../support/places.ts';

const FILES = fullSize ? 5_000 : 2_000;
/** So large that the run lasts for many kills, also where nothing else runs. */
const FILE_BYTES = 100_000;

/** Processes below one of ours: its scan process, loader and workers. */
function scannersBelow(root: number): number[] {
  const parents = new Map<number, { parent: number; name: string }>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const close = stat.lastIndexOf(')');
      const [state = '', parent = ''] = stat.slice(close + 2).split(' ');
      if (state !== 'Z')
        parents.set(Number(name), { parent: Number(parent), name: stat.slice(stat.indexOf('(') + 1, close) });
    } catch {
      // gone meanwhile
    }
  }
  const isBelow = (pid: number): boolean =>
    pid === root || (parents.has(pid) && isBelow(parents.get(pid)?.parent ?? 0));
  return [...parents].filter(([pid, { name }]) => name === 'lazaret-scanner' && isBelow(pid)).map(([pid]) => pid);
}

/** In a mount namespace where `own` is /tmp, with nothing in it but the product's own folder: what others leave in the machine's is not ours. */
function scanWithOwnTmp(product: Product, own: string, ...argv: string[]): ChildProcess {
  const base = dirname(product.directory);
  const script = 'mkdir "$1/${2##*/}"; mount --bind "$2" "$1/${2##*/}"; mount --rbind "$1" /tmp; shift 2; exec "$@"';
  const env = { ...process.env, LAZARET_STATE: product.state, LAZARET_RUN: product.run };
  const command = [process.execPath, join(ROOT, 'apps/cli/src/main.ts'), 'scan', '--json', ...argv];
  const enter = ['-m', '--propagation', 'private', 'bash', '-ec', script, 'bash', own, base];
  return spawn('unshare', [...enter, ...command], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

test('LM-10a: the scanner killed −9 in a loop during a run: every file has a verdict or a reason, nothing is left behind', {
  timeout: 900_000,
}, async (t) => {
  const random = seededRandom(testSeed);
  const product = makeProduct(t);
  const marker = makeMarker('Found');
  const patterns = product.patterns(marker);
  for (let index = 0; index < FILES; index++) {
    const directory = join(product.directory, `d${index % 40}`);
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, `f${index}`),
      index % 5 === 0 ? marker.atEndOf(FILE_BYTES) : Buffer.alloc(FILE_BYTES, `clean ${index} `),
    );
  }
  const own = temporaryDirectory(t);
  const scan = scanWithOwnTmp(product, own, '--patterns', patterns, product.directory);
  const done = collect(scan);
  let ended = false;
  void done.then(() => (ended = true));
  let kills = 0;
  let gap = 30;
  await until(() => ended || scannersBelow(scan.pid ?? 0).length > 2, 'workers are there');
  while (!ended) {
    await new Promise((resolve) => setTimeout(resolve, gap));
    const victims = scannersBelow(scan.pid ?? 0);
    const victim = victims[Math.floor(random() * victims.length)];
    if (victim === undefined) continue;
    try {
      process.kill(victim, 'SIGKILL');
      kills += 1;
      // Never so often that nothing else can happen.
      gap = 30 + Math.floor(random() * 250);
    } catch {
      // ended by itself meanwhile
    }
  }
  const { files, summary, code } = toScanned(await done);
  console.log(
    `seed ${testSeed}: ${kills} kills, ${summary.unscanned['engine-failure'] ?? 0} engine failures of ${FILES} files`,
  );
  assert.ok(kills >= 3, `${kills} kills`);
  assert.equal(code, 1);
  assert.equal(files.length, FILES);
  for (const file of files) {
    const infected = Number(file.path.slice(file.path.lastIndexOf('f') + 1)) % 5 === 0;
    const failed = file.unscanned.some(({ reason }) => reason === 'engine-failure' || reason === 'time');
    // What was found before the worker died stays found.
    const fits = file.verdict === (infected ? 'infected' : 'clean') && !(failed && !infected);
    assert.ok(fits || (failed && file.verdict === 'partly'), JSON.stringify(file));
  }
  assert.ok(
    files.filter(({ verdict }) => verdict === 'partly').length <= kills * 6,
    'a death costs what was in its hands, no more',
  );
  assert.deepEqual(summary.coverage.all - summary.coverage.lookedAt, summary.unscanned['engine-failure'] ?? 0);
  await until(() => scannersBelow(scan.pid ?? 0).length === 0, 'no orphan');
  assert.deepEqual(readdirSync(own), [basename(dirname(product.directory))], 'nothing written outside its places');
});
