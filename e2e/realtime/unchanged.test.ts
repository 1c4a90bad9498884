// SPDX-License-Identifier: Apache-2.0
// What real-time does not scan again, and what it does (RT-10), with the real product: on ext4 and on tmpfs, for files that everybody may write and such
// that root alone may. The kernel tells of a changed content in different ways on these.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eicar, withinOnce } from '@lazaret/testkit';
import { AS_USER, assertRefused, compileWays, EXT4 } from '../support/realtime-access.ts';
import { until } from '../support/product.ts';
import { type RealtimeProduct, makeRealtime, plant, within } from '../support/realtime-product.ts';

const TIMEOUT = { timeout: 600_000 };
const PLACES = ['in/tmpfs', 'in/ext4'] as const;
/** A file system of the same kind that nothing watches. */
const UNWATCHED: Readonly<Record<string, string>> = { 'in/tmpfs': 'free/tmpfs', 'in/ext4': 'free/ext4' };
/** As long as the test pattern, so that a size alone tells nothing. */
const CLEAN = 'x'.repeat(eicar().length);
const PATTERN = `base64 -d <<< ${eicar().toString('base64')}`;

async function watchBoth(test: Parameters<typeof makeRealtime>[0]): Promise<RealtimeProduct> {
  const product = await makeRealtime(
    test,
    `mkdir in in/tmpfs in/ext4 out; mount -t tmpfs none in/tmpfs; ${EXT4}; mount -o loop ext4.image in/ext4; mkdir in/{tmpfs,ext4}/bound
    mkdir free free/tmpfs free/ext4; mount -t tmpfs none free/tmpfs; cp ext4.image free.image; mount -o loop free.image free/ext4
    for each in free/*; do printf ${CLEAN} > $each/free; done`,
  );
  await product.start('--watch', product.mounts.inside('in'), '--action', 'deny', '--deadline-ms', '60000');
  return product;
}

interface Counts {
  readonly opens: number;
  readonly cacheHits: number;
  readonly misses: number;
}

async function counts({ lazaret }: RealtimeProduct): Promise<Counts> {
  return (JSON.parse((await lazaret('realtime', 'stats', '--json')).stdout) as { stats: Counts }).stats;
}

const made = (file: string, mode: string): string => `printf ${CLEAN} > ${file}; chmod ${mode} ${file}`;
const OPENED = (file: string, times: number): string => `for each in {1..${times}}; do cat ${file} > /dev/null; done`;

/** Opens it again and again until what is asked for stands still: the close after its writing is told a moment later, and takes back what was known. */
async function untilSettled(
  product: RealtimeProduct,
  file: string,
  still: (first: Counts, second: Counts) => boolean,
): Promise<void> {
  await until(async () => {
    const first = await counts(product);
    within(product.mounts, OPENED(file, 50));
    return still(first, await counts(product));
  }, `${file} is known`);
}

const answeredByCache = (first: Counts, second: Counts): boolean =>
  second.misses === first.misses && second.cacheHits >= first.cacheHits + 50;
const notAsked = (first: Counts, second: Counts): boolean => second.opens === first.opens;

test(
  'RT-10a: an unchanged clean file is not scanned again: a cache answers, and where root alone writes nothing is asked any more, within 1 µs of unprotected',
  TIMEOUT,
  async (t) => {
    const ways = compileWays(t);
    const product = await watchBoth(t);
    const { mounts } = product;
    for (const place of PLACES) {
      const [shared, rootOnly] = [`${place}/shared`, `${place}/root-only`];
      within(mounts, `${made(shared, '666')}; ${made(rootOnly, '644')}; ${OPENED(shared, 4)}; ${OPENED(rootOnly, 4)}`);
      await untilSettled(product, shared, answeredByCache);
      // The CLI and the shell open nothing here.
      await untilSettled(product, rootOnly, notAsked);
      await withinOnce(1_000, () => {
        const [free, watched] = within(mounts, `${ways} time ${UNWATCHED[place]}/free; ${ways} time ${rootOnly}`)
          .stdout.split('\n')
          .map(Number) as [number, number];
        t.diagnostic(`${place}: ${watched} ns, unprotected ${free} ns`);
        return watched - free;
      });
    }
  },
);

/** Where no time tells of it, too: while it is mapped, and after. */
function assertStoresSeen({ mounts }: RealtimeProduct, ways: string): void {
  const stored = (file: string, before: string): readonly string[] =>
    within(mounts, `${PATTERN} | ${before} ${ways} store ${file}`).stdout.trimEnd().split('\n');
  const cached = (file: string, mode: string): string => `${made(file, mode)}; ${OPENED(file, 5)}`;
  for (const place of PLACES)
    for (const before of ['', 'CLOSED=1', AS_USER]) {
      const file = `${place}/${before.replaceAll(/\W/g, '')}mapped`;
      within(mounts, cached(file, '666'));
      assert.deepEqual(
        stored(file, before),
        ['before: read', 'mapped: read', 'stored: Operation not permitted', 'after: Operation not permitted'],
        file,
      );
      // Nothing asks about a file that root alone may write, until root has closed it: then at once, but for the moment in which the close is told.
      within(mounts, `rm ${file}; ${cached(file, '644')}`);
      if (before !== AS_USER) stored(file, before);
      if (before !== AS_USER)
        assertRefused(
          mounts,
          `for wait in {1..200}; do cat ${file} >/dev/null 2>&1 || break; sleep 0.05; done; cat ${file}`,
        );
    }
}

test(
  'RT-10b: changed by write, truncate, rename-over, through another mount or by a store to a mapping: scanned at the next open',
  TIMEOUT,
  async (t) => {
    const ways = compileWays(t);
    const product = await watchBoth(t);
    const { mounts } = product;
    within(
      mounts,
      `mount --bind in/tmpfs out; printf '%4096s' x | tr ' ' x > long; ${plant('pattern.com')}; cat pattern.com long > padded`,
    );
    const changes = (place: string): Readonly<Record<string, string>> => ({
      write: `${PATTERN} | dd of=$file conv=notrunc status=none`,
      'write, and its time put back': `touch -r $file time; ${PATTERN} | dd of=$file conv=notrunc status=none; touch -r time $file`,
      truncate: `cat padded > $file; cat $file > /dev/null; cat $file > /dev/null; truncate -s ${eicar().length} $file`,
      'truncate by path': `cat padded > $file; cat $file > /dev/null; cat $file > /dev/null; ${ways} truncate $file ${eicar().length}`,
      'rename-over': `cp pattern.com ${place}/other; mv ${place}/other $file`,
      'another mount': `mount --bind ${place} out; ${PATTERN} | dd of=out/$(basename $file) conv=notrunc status=none; umount out`,
      'another namespace': `unshare -m bash -c 'mount --bind ${place} out; base64 -d <<< "$0" | dd of=out/$(basename $file) conv=notrunc status=none' ${eicar().toString('base64')}`,
    });
    for (const place of PLACES)
      for (const mode of ['666', '644'])
        for (const [how, change] of Object.entries(changes(place))) {
          const file = `${place}/changed`;
          const read = within(mounts, `${made(file, mode)}; for each in 1 2 3 4 5; do cat ${file}; done`).stdout;
          assert.equal(read, CLEAN.repeat(5), `${how}: clean before`);
          assertRefused(mounts, `set -e; export file=${file}; { ${change}; } 2>&1; cat $file; : ${how}`);
          within(mounts, `rm ${file}`);
        }
    assertStoresSeen(product, ways);
  },
);

test('a file that root alone may write is asked about again when others may, too', TIMEOUT, async (t) => {
  const ways = compileWays(t);
  const product = await watchBoth(t);
  const { mounts } = product;
  for (const place of PLACES) {
    const file = `${place}/handed-over`;
    within(mounts, `${made(file, '644')}; ${OPENED(file, 5)}`);
    await untilSettled(product, file, notAsked);
    const before = await counts(product);
    within(mounts, `chmod 666 ${file}`);
    await until(async () => {
      within(mounts, OPENED(file, 1));
      return (await counts(product)).opens > before.opens;
    }, `${file}: the gate is asked again`);
    const stored = within(mounts, `${PATTERN} | ${AS_USER} ${ways} store ${file}`).stdout;
    assert.match(stored, /^stored: Operation not permitted$/m, file);
  }
});
