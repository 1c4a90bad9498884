// SPDX-License-Identifier: Apache-2.0
// Random files go into the vault and come back, on each file system: all that another program (round-trip.py) sees of them is
// as before, or is named in the outcome of the restore. The seed is printed; LAZARET_FULL=1 takes more files.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { RestoreDifference } from '@lazaret/contract';
import { fullSize, PrivateMounts, seededRandom, testSeed } from '@lazaret/testkit';
import type { VaultItem } from '../../packages/agent/src/vault/index.ts';
import { base64, runScenario, type Step } from './scenario-types.ts';

const PROGRAM = fileURLToPath(new URL('./round-trip.py', import.meta.url));
const FILES = fullSize ? 400 : 30;

/** How each is made; `years`: what it can hold. */
const SYSTEMS = {
  ext4: { make: 'mkfs.ext4 -q -I 256', years: 'ext4' },
  'ext4-old': { make: 'mkfs.ext4 -q -I 128', years: 'old' },
  xfs: { make: 'mkfs.xfs -q', years: 'far' },
  btrfs: { make: 'mkfs.btrfs -q', years: 'any' },
  tmpfs: { make: null, years: 'any' },
} as const;
type System = keyof typeof SYSTEMS;

let mounts: PrivateMounts;
before(async () => {
  mounts = await PrivateMounts.open('mkdir -p images');
});
after(async () => {
  await mounts.close();
});

/** False, with why, where this machine has no such file system. */
function mounted(system: System, context: TestContext): boolean {
  if (fs.existsSync(mounts.path(system, 'files'))) return true;
  const { make } = SYSTEMS[system];
  const image = `images/${system}`;
  const script =
    make === null
      ? `mkdir -p ${system}; mount -t tmpfs none ${system}`
      : `truncate -s 1G ${image}; ${make} ${image} >&2; mkdir -p ${system}; mount -o loop ${image} ${system}`;
  try {
    mounts.shell(`${script}; mkdir ${system}/files`);
    return true;
  } catch (error) {
    context.skip(`no ${system} here: ${String(error).slice(0, 200)}`);
    return false;
  }
}

interface Seen {
  readonly attributes: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}
type Look = Readonly<Record<string, Seen>>;

/** By path in base64. */
function look(paths: readonly string[]): Look {
  const input = paths.map((path) => Buffer.from(path, 'base64').toString('hex')).join('\n');
  fs.writeFileSync(mounts.path('paths'), input);
  const child = mounts.run('bash', '-c', `python3 '${PROGRAM}' look < '${mounts.inside('paths')}'`);
  assert.equal(child.status, 0, child.stderr);
  return JSON.parse(child.stdout) as Look;
}

function makeFiles(system: System, count: number): readonly string[] {
  const { years } = SYSTEMS[system];
  mounts.shell(
    `find ${system}/files -mindepth 1 -delete; python3 '${PROGRAM}' make ${system}/files ${testSeed} ${count} ${years}; sync`,
  );
  const names = fs.readdirSync(mounts.path(system, 'files'), { encoding: 'buffer' });
  return names.map((name) => base64(Buffer.concat([Buffer.from(`${mounts.inside(system, 'files')}/`), name])));
}

function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const random = seededRandom(seed);
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ item }) => item);
}

interface Restored {
  readonly path: string;
  readonly differences: readonly RestoreDifference[];
  readonly linked: boolean;
}

let states = 0;

/** Into the vault, and back to where `to` says, in another order. By the path that they had. */
function roundTrip(paths: readonly string[], to?: (path: string) => string): ReadonlyMap<string, Restored> {
  const state = mounts.inside(`state-${states++}`);
  const act = paths.map((path): Step => ({ do: 'act', primary: 'quarantine', path }));
  const taken = runScenario(mounts, { state, steps: [...act, { do: 'list' }] }) ?? assert.fail('killed');
  const items = taken.results.at(-1) as readonly VaultItem[];
  assert.equal(items.length, paths.length, JSON.stringify(taken.results.slice(0, -1)).slice(0, 2000));
  const held = shuffled(items, testSeed).map((item) => {
    assert.ok(item.state === 'complete', JSON.stringify(item));
    return { id: item.id, path: item.metadata.path };
  });
  const steps = held.map(
    ({ id, path }): Step => ({ do: 'restore', id, ...(to === undefined ? {} : { to: to(path) }) }),
  );
  const { results } = runScenario(mounts, { state, steps }) ?? assert.fail('killed');
  assert.deepEqual(fs.readdirSync(mounts.path(`state-${states - 1}`, 'vault/names')), [], 'no note is left');
  return new Map(held.map(({ path }, index) => [path, results[index] as Restored]));
}

/** By which codes a difference in what is seen may be told. */
const TOLD_BY: Readonly<Record<string, readonly RestoreDifference['what'][]>> = {
  owner: ['owner'],
  mode: ['mode'],
  'modification-time': ['modification-time'],
  'access-time': ['access-time'],
  flags: ['flags'],
  'extent-size': ['extent-size'],
  project: ['project'],
  allocated: ['allocation'],
  names: ['hard-links'],
};
const ROUNDING_BYTES = 65_536;
/** XFS shows an ACL once more. */
const ACL_OF_XFS = base64('trusted.SGI_ACL_FILE');

function isSame(key: string, one: unknown, other: unknown): boolean {
  if (key === 'inode') return true;
  if (key !== 'allocated') return JSON.stringify(one) === JSON.stringify(other);
  return Math.abs(Number(one) - Number(other)) <= Math.max(ROUNDING_BYTES, Number(one) / 16);
}

function assertTold(before: Seen, now: Seen, restored: Restored, what: string): void {
  const told = new Set(restored.differences.map((difference) => difference.what));
  for (const key of Object.keys(before)) {
    if (key === 'attributes' || isSame(key, before[key], now[key])) continue;
    const is = `${what}: ${key} ${JSON.stringify(before[key])} → ${JSON.stringify(now[key])}`;
    assert.ok(
      TOLD_BY[key]?.some((code) => told.has(code)),
      `${is} is not told: ${JSON.stringify(restored)}`,
    );
  }
  const names = new Set([...Object.keys(before.attributes), ...Object.keys(now.attributes)]);
  const changed = [...names].filter(
    (name) =>
      before.attributes[name] !== now.attributes[name] && !(name === ACL_OF_XFS && !(name in before.attributes)),
  );
  const named = restored.differences.filter(({ what: code }) => code === 'attribute' || code === 'attribute-added');
  assert.equal(named.length, changed.length, `${what}: attributes ${changed.join()}: ${JSON.stringify(restored)}`);
}

for (const system of Object.keys(SYSTEMS) as System[]) {
  test(`AC-8b, AC-8c: what goes into the vault on ${system} comes back in all that can be seen of it`, (context) => {
    if (!mounted(system, context)) return;
    const paths = makeFiles(system, FILES);
    context.diagnostic(`seed ${testSeed}: ${paths.length} names`);
    const before = look(paths);
    const restored = roundTrip(paths);
    const now = look(paths);
    for (const path of paths) {
      const [was, is, outcome] = [before[path], now[path], restored.get(path)];
      assert.ok(was !== undefined && is !== undefined && outcome !== undefined);
      const what = `${Buffer.from(path, 'base64').toString('latin1')} on ${system}`;
      assertTold(was, is, outcome, what);
      // A tmpfs tells nobody which room it has without data.
      const others = outcome.differences.filter((one) => system !== 'tmpfs' || one.what !== 'allocation');
      assert.deepEqual(others, [], what);
    }
    assert.deepEqual(groupsOf(now, paths), groupsOf(before, paths), 'the same names lead to the same files');
  });
}

/** Which paths are names of one file. */
function groupsOf(seen: Look, paths: readonly string[]): readonly (readonly string[])[] {
  const groups = new Map<unknown, string[]>();
  for (const path of paths.toSorted()) {
    const inode = seen[path]?.['inode'];
    groups.set(inode, [...(groups.get(inode) ?? []), path]);
  }
  return [...groups.values()];
}

const PAIRS: readonly (readonly [System, System])[] = [
  ['ext4', 'ext4-old'],
  ['ext4', 'tmpfs'],
  ['xfs', 'ext4'],
  ['btrfs', 'xfs'],
  ['tmpfs', 'btrfs'],
];

for (const [from, target] of PAIRS) {
  test(`AC-8b, AC-8c: what another file system (${from} to ${target}) does not take is named, and all else comes over`, (context) => {
    if (!mounted(from, context) || !mounted(target, context)) return;
    const paths = makeFiles(from, FILES);
    mounts.shell(`rm -rf ${target}/elsewhere; mkdir ${target}/elsewhere`);
    const before = look(paths);
    const prefix = mounts.inside(from, 'files').length;
    const placeOf = (path: string): string => {
      const name = Buffer.from(path, 'base64').subarray(prefix);
      return base64(Buffer.concat([Buffer.from(mounts.inside(target, 'elsewhere')), name]));
    };
    const restored = roundTrip(paths, placeOf);
    const now = look(paths.map(placeOf));
    const codes = new Map<string, number>();
    for (const path of paths) {
      const [was, is, outcome] = [before[path], now[placeOf(path)], restored.get(path)];
      assert.ok(was !== undefined && is !== undefined && outcome !== undefined, JSON.stringify(outcome));
      // Of several names only the first that was taken knew of all.
      const names = {
        names: outcome.differences.some(({ what }) => what === 'hard-links') ? was['names'] : is['names'],
      };
      assertTold({ ...was, ...names }, is, outcome, `${Buffer.from(path, 'base64').toString('latin1')} to ${target}`);
      for (const { what } of outcome.differences) codes.set(what, (codes.get(what) ?? 0) + 1);
    }
    context.diagnostic(`seed ${testSeed}: ${JSON.stringify(Object.fromEntries(codes))}`);
    if (target === 'ext4-old') assert.ok((codes.get('modification-time') ?? 0) > 0, 'years behind 2038 are told');
  });
}
