// SPDX-License-Identifier: Apache-2.0
// Actions for real, with failures provoked: attributes on a loop-mounted ext4, a read-only mount, a full vault, and files that
// change, move, vanish or are swapped between scan and action.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { PrivateMounts } from '@lazaret/testkit';
import {
  base64,
  listOf,
  outcomeOf,
  runScenario,
  type Scenario,
  type ScenarioResult,
  type Step,
} from './scenario-types.ts';

const SET_UP = `
mkdir ext4 read-only work
truncate -s 48M image; mkfs.ext4 -q image; mount -o loop image ext4 2>/dev/null || mount -t tmpfs none ext4
mkdir ext4/folder
mount --bind work read-only; mount -o remount,ro,bind read-only
`;

let mounts: PrivateMounts;
let stateNumber = 0;
before(async () => {
  mounts = await PrivateMounts.open(SET_UP);
  console.log(`the file system for attributes is ${mounts.shell('stat -f -c %T ext4').trim()}`);
});
after(async () => {
  await mounts.close();
});

function newState(): string {
  return mounts.inside(`state-${stateNumber++}`);
}

function make(name: string, content = `infected ${name}`): string {
  fs.writeFileSync(mounts.path(name), content);
  return base64(mounts.inside(name));
}

function exists(name: string): boolean {
  return fs.existsSync(mounts.path(name));
}

function run(steps: readonly Step[], more: Partial<Scenario> = {}): ScenarioResult {
  const scenario = { state: newState(), ...more, steps: [...steps, { do: 'list' as const }] };
  const result = runScenario(mounts, scenario) ?? assert.fail('killed');
  assert.deepEqual(
    fs.readdirSync(mounts.path(scenario.state.slice(mounts.directory.length), 'journal')),
    [],
    'the journal is clear',
  );
  assertTidy();
  return result;
}

/** No folder of ours is left anywhere. */
function assertTidy(): void {
  assert.equal(mounts.shell('find . -name ".lazaret*" | sort'), '');
}

test('AC-3b: delete takes the file and keeps no copy', () => {
  const path = make('work/deleted');
  const result = run([{ do: 'act', primary: 'delete', secondary: 'quarantine', path }]);
  assert.deepEqual(outcomeOf(result), { primary: { action: 'delete', result: 'done', linksLeft: 0 } });
  assert.equal(exists('work/deleted'), false);
  assert.deepEqual(listOf(result), []);
});

test('AC-7c, AC-7d: quarantine takes the copy and then the original, and has no secondary of its own', () => {
  const path = make('work/quarantined');
  const result = run([{ do: 'act', primary: 'quarantine', path }]);
  assert.equal(outcomeOf(result).primary.result, 'done');
  assert.equal(outcomeOf(result).secondary, undefined);
  assert.equal(exists('work/quarantined'), false);
  assert.deepEqual(
    listOf(result).map((item) => item.state),
    ['complete'],
  );
});

test('AC-4c: clean fails in this version, and quarantine follows', () => {
  const path = make('work/cleaned');
  const { primary, secondary } = outcomeOf(run([{ do: 'act', primary: 'clean', secondary: 'quarantine', path }]));
  assert.deepEqual([primary.result, primary.error?.code, secondary?.result], ['failed', 'clean.not_available', 'done']);
  assert.equal(exists('work/cleaned'), false);
});

test('AC-5a, AC-5b: pass leaves the file exactly as it is, without a secondary', () => {
  const path = make('work/passed');
  const before = fs.statSync(mounts.path('work/passed'), { bigint: true });
  const outcome = outcomeOf(run([{ do: 'act', primary: 'pass', path }]));
  const now = fs.statSync(mounts.path('work/passed'), { bigint: true });
  assert.deepEqual(outcome, { primary: { action: 'pass', result: 'done' } });
  assert.deepEqual([now.ctimeNs, now.mtimeNs, now.atimeNs], [before.ctimeNs, before.mtimeNs, before.atimeNs]);
});

test('AC-6e: deny is refused here: only the real-time scan can give it', () => {
  const path = make('work/denied');
  const result = run([{ do: 'act', primary: 'deny', path }]);
  assert.deepEqual(result.results[0], { thrown: 'action.deny_needs_realtime' });
  assert.ok(exists('work/denied'));
});

test('AC-3c, AC-7b: the immutable attribute is never taken off: the copy is kept, marked so, and not made twice', () => {
  const path = make('ext4/immutable');
  mounts.shell('chattr +i ext4/immutable');
  const state = newState();
  const first = run([{ do: 'act', primary: 'delete', secondary: 'quarantine', path }], { state });
  const { primary, secondary } = outcomeOf(first);
  assert.deepEqual([primary.result, primary.error?.code], ['failed', 'action.immutable']);
  assert.deepEqual([secondary?.result, secondary?.error?.code], ['original-not-deleted', 'action.immutable']);
  const [kept, ...others] = listOf(first);
  assert.deepEqual([kept?.state, others.length], ['original-not-deleted', 0]);
  assert.match(mounts.shell('lsattr ext4/immutable'), /^-+i/);

  const second = run([{ do: 'act', primary: 'quarantine', path, hash: false }], { state });
  assert.equal(outcomeOf(second).primary.vaultEntry, kept?.id);
  assert.equal(listOf(second).length, 1);

  mounts.shell('chattr -i ext4/immutable');
  const third = run([{ do: 'act', primary: 'quarantine', path }], { state });
  assert.deepEqual([outcomeOf(third).primary.result, outcomeOf(third).primary.vaultEntry], ['done', kept?.id]);
  assert.deepEqual(
    listOf(third).map((item) => item.state),
    ['complete'],
  );
  assert.equal(exists('ext4/immutable'), false);
});

test('AC-7b: append-only files and immutable folders are failures with their own words', () => {
  const appended = make('ext4/appended');
  const inFolder = make('ext4/folder/file');
  mounts.shell('chattr +a ext4/appended; chattr +i ext4/folder');
  try {
    const first = outcomeOf(run([{ do: 'act', primary: 'delete', path: appended }])).primary;
    const second = outcomeOf(run([{ do: 'act', primary: 'quarantine', path: inFolder }])).primary;
    assert.deepEqual([first.result, first.error?.code], ['failed', 'action.append_only']);
    assert.deepEqual([second.result, second.error?.code], ['original-not-deleted', 'action.immutable']);
    assert.match(second.error?.message ?? '', /folder/);
  } finally {
    mounts.shell('chattr -a ext4/appended; chattr -i ext4/folder');
  }
});

test('AC-7b: on a read-only mount the copy is made and the original stays', () => {
  make('work/on-read-only');
  const path = base64(mounts.inside('read-only/on-read-only'));
  const result = run([{ do: 'act', primary: 'delete', secondary: 'quarantine', path }]);
  const { primary, secondary } = outcomeOf(result);
  assert.deepEqual([primary.result, primary.error?.code], ['failed', 'action.read_only']);
  assert.deepEqual([secondary?.result, secondary?.error?.code], ['original-not-deleted', 'action.read_only']);
  assert.ok(exists('work/on-read-only'));
});

test('AC-7a, AC-8e: a full vault makes the copy fail, and the file stays as it is', () => {
  const path = make('work/too-large', 'x'.repeat(100_000));
  const result = run([{ do: 'act', primary: 'quarantine', path }], { bytesMax: 50_000 });
  assert.deepEqual(
    [outcomeOf(result).primary.result, outcomeOf(result).primary.error?.code],
    ['copy-failed', 'vault.full'],
  );
  assert.deepEqual(listOf(result), []);
  assert.equal(fs.readFileSync(mounts.path('work/too-large'), 'utf8').length, 100_000);
});

test('AC-7a: a disk without room makes the copy fail by its own code', () => {
  mounts.shell('mkdir small; mount -t tmpfs -o size=1m none small');
  const path = make('work/larger-than-disk', 'x'.repeat(3_000_000));
  const result = run([{ do: 'act', primary: 'quarantine', path }], { state: mounts.inside('small/state') });
  const { primary } = outcomeOf(result);
  assert.deepEqual([primary.result, primary.error?.code], ['copy-failed', 'vault.write_failed']);
  assert.match(primary.error?.message ?? '', /ENOSPC/);
  assert.ok(exists('work/larger-than-disk'));
});

for (const hash of [true, false]) {
  for (const primary of ['delete', 'quarantine'] as const) {
    test(`AC-9b: ${primary} of a file that changed since its scan touches nothing (hash ${hash ? 'known' : 'unknown'})`, () => {
      const path = make('work/changing');
      const between = `printf changed-content-of-same-or-other-length > ${mounts.inside('work/changing')}`;
      const result = run([{ do: 'act', primary, path, between, hash }]);
      assert.deepEqual(
        [outcomeOf(result).primary.result, outcomeOf(result).primary.error?.code],
        ['changed', 'action.changed'],
      );
      assert.equal(fs.readFileSync(mounts.path('work/changing'), 'utf8'), 'changed-content-of-same-or-other-length');
      assert.deepEqual(listOf(result), []);
    });
  }
}

test('AC-9b: new times alone are no change where the hash is known', () => {
  const path = make('work/touched');
  const result = run([{ do: 'act', primary: 'delete', path, between: `touch ${mounts.inside('work/touched')}` }]);
  assert.equal(outcomeOf(result).primary.result, 'done');
});

test('AC-9b: a file with a writer can be taken, as it was read', () => {
  const path = make('work/written');
  const holder = `exec 9>>${mounts.inside('work/written')}; sleep 600 <&9 >/dev/null 2>&1 & echo $! > ${mounts.inside('writer')}`;
  const result = run([{ do: 'act', primary: 'quarantine', path, between: holder }]);
  mounts.shell('kill $(cat writer)');
  assert.equal(outcomeOf(result).primary.result, 'done');
  assert.equal(exists('work/written'), false);
});

test('AC-9b: deleted meanwhile is gone for delete, and a complete entry for quarantine', () => {
  const between = `rm ${mounts.inside('work/vanishing')}`;
  const first = run([{ do: 'act', primary: 'delete', secondary: 'quarantine', path: make('work/vanishing'), between }]);
  assert.deepEqual(outcomeOf(first), { primary: { action: 'delete', result: 'gone' } });
  const second = run([{ do: 'act', primary: 'quarantine', path: make('work/vanishing'), between }]);
  assert.equal(outcomeOf(second).primary.result, 'done');
  assert.deepEqual(
    listOf(second).map((item) => item.state),
    ['complete'],
  );
});

test('AC-9b: renamed, replaced, its parent renamed or made a link: nothing foreign is touched, and the result says so', () => {
  const swaps: Readonly<Record<string, string>> = {
    renamed: 'mv work/swap/file work/elsewhere',
    replaced: 'mv work/swap/file work/elsewhere; printf foreign > work/swap/file',
    'parent renamed': 'mv work/swap work/elsewhere; mkdir work/swap; printf foreign > work/swap/file',
    'parent a link':
      'mv work/swap work/elsewhere; mkdir work/foreign; printf foreign > work/foreign/file; ln -s foreign work/swap',
    'file a link': 'mv work/swap/file work/elsewhere; printf foreign > work/foreign; ln -s ../foreign work/swap/file',
    'file a folder': 'mv work/swap/file work/elsewhere; mkdir work/swap/file; printf foreign > work/swap/file/foreign',
    'another mount': 'mkdir work/foreign; printf foreign > work/foreign/file; mount --bind work/foreign work/swap',
  };
  for (const [name, swap] of Object.entries(swaps)) {
    for (const primary of ['delete', 'quarantine'] as const) {
      mounts.shell('mkdir work/swap');
      const path = make('work/swap/file', 'infected');
      const result = outcomeOf(run([{ do: 'act', primary, path, between: `cd ${mounts.directory}; ${swap}` }])).primary;
      assert.equal(result.result, primary === 'delete' ? 'failed' : 'original-not-deleted', `${primary}, ${name}`);
      assert.ok(
        ['action.object_moved', 'action.path_unsafe'].includes(result.error?.code ?? ''),
        `${name}: ${result.error?.code}`,
      );
      if (swap.includes('mount')) mounts.shell('umount work/swap');
      const contents = mounts.shell(
        'find work/swap work/elsewhere work/foreign -type f -exec cat {} + 2>/dev/null || true',
      );
      assert.match(contents, /infected/, name);
      if (name !== 'renamed') assert.match(contents, /foreign/, name);
      mounts.shell('rm -rf work/swap work/elsewhere work/foreign');
    }
  }
});

test('AC-8b: of n hard links the scanned one goes, and the rest are counted', () => {
  const path = make('work/linked');
  mounts.shell('ln work/linked work/linked-2; ln work/linked work/linked-3');
  const state = newState();
  const result = run([{ do: 'act', primary: 'quarantine', path }], { state });
  assert.equal(outcomeOf(result).primary.linksLeft, 2);
  const [item] = listOf(result);
  assert.ok(item !== undefined && item.state === 'complete' && item.metadata.links.count === 3);
  const second = run([{ do: 'act', primary: 'delete', path: base64(mounts.inside('work/linked-2')) }], { state });
  assert.equal(outcomeOf(second).primary.linksLeft, 1);
});

test('AC-7c, AC-8c: names with new lines, invalid UTF-8 and 255 bytes, in a path longer than PATH_MAX, go and come back', () => {
  const deep = `work/${'d'.repeat(200)}`;
  mounts.shell(
    `cd work; for i in $(seq 1 25); do mkdir ${'d'.repeat(200)}; cd ${'d'.repeat(200)}; done; printf deep > file`,
  );
  const long = [mounts.directory, 'work', ...Array.from({ length: 25 }, () => 'd'.repeat(200)), 'file'].join('/');
  assert.ok(long.length > 5000 && exists(deep));
  const names = [Buffer.from('new\nline'), Buffer.from([0xff, 0x0a, 0xfe]), Buffer.alloc(255, 'n')];
  const paths = [Buffer.from(long)];
  for (const name of names) {
    const inside = Buffer.concat([Buffer.from(`${mounts.inside('work')}/`), name]);
    fs.writeFileSync(Buffer.concat([Buffer.from(`${mounts.path('work')}/`), name]), 'infected');
    paths.push(inside);
  }
  for (const path of paths) {
    const result = run([{ do: 'act', primary: 'quarantine', path: base64(path) }, { do: 'restore' }]);
    assert.equal(outcomeOf(result).primary.result, 'done');
    assert.deepEqual(result.results[1], { path: base64(path), differences: [], linked: false });
    assert.deepEqual(listOf(result), []);
  }
  assert.equal(mounts.shell(`cd work; for i in $(seq 1 25); do cd ${'d'.repeat(200)}; done; cat file`), 'deep');
});

test('AC-7c: a large file goes into the vault and comes back in constant memory', () => {
  mounts.shell(
    'mkdir large; mount -t tmpfs -o size=1500m none large; truncate -s 400M large/file; printf end >> large/file',
  );
  const path = base64(mounts.inside('large/file'));
  const small = run([{ do: 'act', primary: 'quarantine', path: make('work/small') }]);
  const result = run([{ do: 'act', primary: 'quarantine', path }, { do: 'restore' }], {
    state: mounts.inside('large/state'),
  });
  assert.equal(outcomeOf(result).primary.result, 'done');
  assert.equal(mounts.shell('tail -c 3 large/file; stat -c %s large/file').trim(), 'end419430403');
  const grown = result.maxResidentKilobytes - small.maxResidentKilobytes;
  assert.ok(grown < 128 * 1024, `${grown} KiB more than for a small file`);
  mounts.shell('umount large');
});

test('AC-9b, AC-7c: on an overlay, where moving a file copies it up, delete, quarantine and restore hold too', (context) => {
  mounts.shell('mkdir lower upper upper-work merged other; mount -t tmpfs none other; mkdir other/lower');
  fs.writeFileSync(mounts.path('other/lower/one'), 'infected');
  fs.writeFileSync(mounts.path('other/lower/two'), 'infected');
  const mounted = mounts.run(
    'mount',
    '-t',
    'overlay',
    '-o',
    `lowerdir=${mounts.inside('other/lower')},upperdir=${mounts.inside('upper')},workdir=${mounts.inside('upper-work')}`,
    'none',
    mounts.inside('merged'),
  );
  if (mounted.status !== 0) return context.skip(`no overlay here: ${mounted.stderr}`);
  const path = base64(mounts.inside('merged/one'));
  const result = run([
    { do: 'act', primary: 'quarantine', path },
    { do: 'restore' },
    { do: 'act', primary: 'delete', path: base64(mounts.inside('merged/two')) },
  ]);
  assert.deepEqual(
    [outcomeOf(result).primary.result, result.results[1]],
    ['done', { path, differences: [], linked: false }],
  );
  assert.equal(mounts.shell('ls merged').trim(), 'one');
  mounts.shell('umount merged other');
});

test('AC-9b: without leases (a container, a network file system) times and hash do the same', () => {
  const more = { withoutCapability: 'lease' };
  for (const hash of [true, false]) {
    for (const primary of ['delete', 'quarantine'] as const) {
      const step = { do: 'act' as const, primary, path: make('work/unleased'), hash };
      assert.equal(outcomeOf(run([step], more)).primary.result, 'done', `${primary}, hash ${hash}`);
      const between = `printf changed > ${mounts.inside('work/unleased')}`;
      make('work/unleased');
      const changed = run([{ ...step, between }], more);
      assert.equal(outcomeOf(changed).primary.result, 'changed', `${primary}, hash ${hash}`);
      assert.deepEqual([exists('work/unleased'), listOf(changed)], [true, []]);
    }
  }
});
