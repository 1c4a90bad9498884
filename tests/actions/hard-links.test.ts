// SPDX-License-Identifier: Apache-2.0
// Several names of one file: which of them is taken, which stand, and what becomes of that when one comes back.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import type { RestoreDifference } from '@lazaret/contract';
import { PrivateMounts } from '@lazaret/testkit';
import { VAULT_POINTS, type VaultItem } from '../../packages/agent/src/vault/index.ts';
import { base64, runScenario, type Step } from './scenario-types.ts';

const SET_UP = `
mkdir ext4 work
truncate -s 48M image; mkfs.ext4 -q -I 256 image; mount -o loop image ext4
`;

let mounts: PrivateMounts;
let states = 0;
before(async () => {
  mounts = await PrivateMounts.open(SET_UP);
});
after(async () => {
  await mounts.close();
});

interface Restored {
  readonly differences: readonly RestoreDifference[];
  readonly linked: boolean;
  readonly thrown?: string;
}

/** A file with these names in a folder of its own; answers the folder. */
function makeNames(...names: readonly string[]): string {
  const folder = `ext4/folder-${states++}`;
  const [first = '', ...others] = names;
  mounts.shell(
    `mkdir ${folder}; cd ${folder}; printf infected > ${first}; chown 1000:1000 ${first}; chmod 640 ${first}`,
  );
  for (const other of others) mounts.shell(`cd ${folder}; ln ${first} ${other}`);
  mounts.shell(`touch -d 2001-02-03T04:05:06.123456789 ${folder}/${first}`);
  return folder;
}

function take(
  folder: string,
  names: readonly string[],
): { readonly state: string; readonly items: readonly VaultItem[] } {
  const state = mounts.inside(`state-${states++}`);
  const steps = names.map(
    (name): Step => ({ do: 'act', primary: 'quarantine', path: base64(mounts.inside(folder, name)) }),
  );
  const result = runScenario(mounts, { state, steps: [...steps, { do: 'list' }] }) ?? assert.fail('killed');
  return { state, items: result.results.at(-1) as readonly VaultItem[] };
}

function restore(state: string, ...items: readonly VaultItem[]): readonly Restored[] {
  const steps = items.map(({ id }): Step => ({ do: 'restore', id }));
  return (runScenario(mounts, { state, steps }) ?? assert.fail('killed')).results as readonly Restored[];
}

function codes({ differences, linked }: Restored): readonly unknown[] {
  return [linked, ...differences.map(({ what }) => what)];
}

function inodeOf(folder: string, name: string): number {
  return fs.statSync(mounts.path(folder, name)).ino;
}

function notes(state: string): readonly string[] {
  return fs.readdirSync(mounts.path(state.slice(mounts.directory.length), 'vault/names'));
}

function only(results: readonly Restored[]): Restored {
  const [result] = results;
  return result ?? assert.fail('no result');
}

test('AC-8b: a name of a file that stands under another one becomes a name of it again', () => {
  const folder = makeNames('one', 'two');
  const inode = inodeOf(folder, 'two');
  const { state, items } = take(folder, ['one']);
  assert.equal(fs.existsSync(mounts.path(folder, 'one')), false);
  assert.deepEqual(codes(only(restore(state, ...items))), [true]);
  assert.deepEqual([inodeOf(folder, 'one'), fs.statSync(mounts.path(folder, 'one')).nlink], [inode, 2]);
});

test('AC-8b: names that were all taken come back as names of one file, in whatever order', () => {
  for (const order of [
    [0, 1, 2],
    [2, 0, 1],
    [1, 2, 0],
  ]) {
    const folder = makeNames('one', 'two', 'three');
    const { state, items } = take(folder, ['one', 'two', 'three']);
    const inOrder = order.map((index) => items[index] ?? assert.fail('not taken'));
    assert.deepEqual(restore(state, ...inOrder).map(codes), [[false], [true], [true]]);
    const inodes = new Set(['one', 'two', 'three'].map((name) => inodeOf(folder, name)));
    assert.equal(inodes.size, 1);
    assert.deepEqual(notes(state), []);
  }
});

test('AC-8b: a name whose file was changed meanwhile comes back as a file of its own, and that is told', () => {
  const changes = [
    // The same size, and the time put back.
    'printf replaced > two; touch -d 2001-02-03T04:05:06.123456789 two',
    'chmod 600 two',
    'chown 1001 two',
    'setfattr -n user.new -v x two',
    'chattr +d two',
    'rm two',
    // Another file, under the name that still stood.
    'rm two; printf infected > two; chown 1000:1000 two; chmod 640 two; touch -d 2001-02-03T04:05:06.123456789 two',
  ];
  for (const change of changes) {
    const folder = makeNames('one', 'two');
    const { state, items } = take(folder, ['one']);
    mounts.shell(`cd ${folder}; ${change}`);
    assert.deepEqual(codes(only(restore(state, ...items))), [false, 'hard-links'], change);
    const stat = fs.statSync(mounts.path(folder, 'one'));
    assert.deepEqual([stat.nlink, stat.mode & 0o7777, stat.uid], [1, 0o640, 1000], change);
    assert.equal(fs.readFileSync(mounts.path(folder, 'one'), 'utf8'), 'infected');
  }
});

test('AC-8b: what was changed between the restores of two names is told, and a name elsewhere is always a file of its own', () => {
  const folder = makeNames('one', 'two');
  const { state, items } = take(folder, ['one', 'two']);
  const [one, two] = items;
  assert.ok(one !== undefined && two !== undefined);
  assert.deepEqual(codes(only(restore(state, one))), [false]);
  assert.equal(notes(state).length, 1);
  mounts.shell(`cd ${folder}; printf 'changed since' > one`);
  assert.deepEqual(codes(only(restore(state, two))), [false, 'hard-links']);
  assert.deepEqual(notes(state), []);

  const other = makeNames('one', 'two');
  const { state: otherState, items: held } = take(other, ['one']);
  const step: Step = { do: 'restore', id: held[0]?.id ?? '', to: base64(mounts.inside(other, 'sample')) };
  const result = runScenario(mounts, { state: otherState, steps: [step] })?.results[0] as Restored;
  assert.deepEqual(codes(result), [false, 'hard-links']);
  assert.notEqual(inodeOf(other, 'sample'), inodeOf(other, 'two'));
});

test('AC-8b: what a folder gives to new files – an ACL by default, flags – is not left on what comes back', () => {
  const folder = makeNames('one');
  const { state, items } = take(folder, ['one']);
  mounts.shell(`cd ${folder}; setfacl -d -m u:1777:rwx,m:rwx .; chattr +dAS .`);
  assert.deepEqual(codes(only(restore(state, ...items))), [false]);
  assert.doesNotMatch(mounts.shell(`getfacl -cp ${folder}/one`), /1777/);
  assert.match(mounts.shell(`lsattr ${folder}/one`), /^-+e-* /);
});

test('AC-8b: the copy of an immutable file is immutable, too, where it is restored', () => {
  const folder = makeNames('one');
  mounts.shell(`chattr +i ${folder}/one`);
  const { state, items } = take(folder, ['one']);
  const step: Step = { do: 'restore', id: items[0]?.id ?? '', to: base64(mounts.inside(folder, 'copy')) };
  const result = runScenario(mounts, { state, steps: [step] })?.results[0] as Restored;
  assert.deepEqual(codes(result), [false]);
  assert.match(mounts.shell(`lsattr ${folder}/copy`), /i/);
  mounts.shell(`chattr -i ${folder}/*`);
});

test('AC-8b: of hundreds of attributes that another file system does not take, some are named and the rest is counted', () => {
  mounts.shell('mkdir -p tmpfs; mount -t tmpfs none tmpfs; mkdir ramfs; mount -t ramfs none ramfs');
  const folder = `tmpfs/folder-${states++}`;
  mounts.shell(
    `mkdir ${folder}; cd ${folder}; printf infected > one; for i in $(seq 1 300); do setfattr -n trusted.number$i -v x one; done`,
  );
  const { state, items } = take(folder, ['one']);
  const step: Step = { do: 'restore', id: items[0]?.id ?? '', to: base64(mounts.inside('ramfs/one')) };
  const result = runScenario(mounts, { state, steps: [step] })?.results[0] as Restored;
  const told = result.differences.filter(({ what }) => what === 'attribute');
  assert.deepEqual([told.length, told.at(-1)?.detail], [21, '… +280']);
});

test('AC-9a: killed at every point while names come back, none is lost, and the others still find the file', (context) => {
  const reached = new Set<string>();
  for (const point of VAULT_POINTS) {
    const folder = makeNames('one', 'two');
    const { state, items } = take(folder, ['one', 'two']);
    const [one, two] = items;
    assert.ok(one !== undefined && two !== undefined);
    const killed = runScenario(mounts, { state, steps: [{ do: 'restore', id: one.id }], dieAt: point });
    if (killed !== null) continue;
    reached.add(point);
    runScenario(mounts, { state, steps: [{ do: 'recover' }] });
    const placed = fs.existsSync(mounts.path(folder, 'one'));
    const left = runScenario(mounts, { state, steps: [{ do: 'list' }] })?.results[0] as readonly VaultItem[];
    assert.ok(placed || left.length === 2, `${point}: in place or in the vault`);
    if (!placed) assert.deepEqual(codes(only(restore(state, one))), [false], point);
    assert.deepEqual(codes(only(restore(state, two))), [true], `${point}: the other is a name of it`);
    assert.equal(inodeOf(folder, 'one'), inodeOf(folder, 'two'), point);
    if (left.some(({ id }) => id === one.id))
      runScenario(mounts, {
        state,
        steps: [{ do: 'restore', id: one.id, to: base64(mounts.inside(folder, 'again')) }],
      });
    runScenario(mounts, { state, steps: [{ do: 'recover' }] });
    assert.deepEqual(notes(state), [], `${point}: no note is left`);
  }
  context.diagnostic([...reached].join(' '));
  for (const point of ['restore.noted', 'restore.placed', 'entry.removed']) assert.ok(reached.has(point), point);
});
