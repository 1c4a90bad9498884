// SPDX-License-Identifier: Apache-2.0
// A storm: infected files written by eight processes into fresh directories and opened at once by eight others. 10,000 with
// LAZARET_FULL=1.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eicar, fullSize } from '@lazaret/testkit';
import { EXT4 } from '../support/realtime-access.ts';
import { collect, until } from '../support/product.ts';
import { makeRealtime, type RealtimeProduct, type RunningRealtime } from '../support/realtime-product.ts';
import { PROGRAMS } from '../support/places.ts';

const FILES = fullSize ? 10_000 : 2_000;
const TIMEOUT = { timeout: fullSize ? 1_800_000 : 600_000 };
const ENOUGH_MS = fullSize ? 600_000 : 240_000;

async function storm({ mounts }: RealtimeProduct, place: string): Promise<Readonly<Record<string, number>>> {
  const program = join(PROGRAMS, 'storm.py');
  const content = eicar().toString('base64');
  const { code, stdout } = await collect(
    mounts.start('python3', program, mounts.inside(place), String(FILES), '8', content),
  );
  assert.equal(code, 0);
  return JSON.parse(stdout) as Record<string, number>;
}

function assertNoneLetThrough({ lines }: RunningRealtime): void {
  const through = lines.filter(({ type }) => ['let-through', 'gap', 'dropped'].includes(type));
  assert.deepEqual(through.slice(0, 5), []);
}

const numbers = (lines: RunningRealtime['lines']): Set<number> =>
  new Set(
    lines.filter(({ type }) => type === 'detection').map(({ path }) => Number(/(\d+)\.com$/.exec(String(path))?.[1])),
  );

/** As the administrator of a VM says beforehand that so many removals are right (AC-14). */
function allowRemovals({ state }: RealtimeProduct): void {
  mkdirSync(state, { mode: 0o700 });
  const brake = { perHourMax: 1_000_000, sharePercentMax: 100, shareFrom: 1_000_000 };
  writeFileSync(join(state, 'ceiling.json'), JSON.stringify({ grade: 'standard', brake }));
}

for (const [kind, action] of [
  ['tmpfs', 'deny'],
  ['ext4', 'delete'],
] as const)
  test(
    `RT-1a, RT-1d: ${FILES} infected files, written by 8 processes and opened at once by 8 others: not one is read; each is told of, and acted on (${kind}, ${action})`,
    TIMEOUT,
    async (t) => {
      const mount =
        kind === 'ext4' ? `${EXT4.replace('16M', '256M')}; mount -o loop ext4.image in` : 'mount -t tmpfs none in';
      const product = await makeRealtime(t, `mkdir in; ${mount}`);
      allowRemovals(product);
      const realtime = await product.start(
        '--watch',
        product.mounts.inside('in'),
        '--action',
        action,
        '--deadline-ms',
        '60000',
      );
      const ends = await storm(product, 'in');
      const { 'Operation not permitted': refused = 0, 'No such file or directory': gone = 0, ...others } = ends;
      assert.deepEqual(others, {}, 'neither read nor met empty');
      assert.equal(refused + gone, FILES);
      if (action === 'deny') assert.equal(gone, 0);
      t.diagnostic(`${refused} refused, ${gone} gone before they were opened`);
      await until(() => numbers(realtime.lines).size === FILES, 'each is told of', ENOUGH_MS);
      assertNoneLetThrough(realtime);
      const left = (): number =>
        Array.from({ length: FILES }, (_, each) => each).filter((each) =>
          existsSync(product.mounts.path('in', String(each), `${each}.com`)),
        ).length;
      if (action === 'delete') await until(() => left() === 0, 'all are gone', ENOUGH_MS);
      else assert.equal(left(), FILES);
    },
  );
