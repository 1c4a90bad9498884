// SPDX-License-Identifier: Apache-2.0
// kill -9 at every fault point of quarantine, delete and restore (AC-9a). The points come from the product's own lists, and
// one that no scenario reaches is a failure: so a new one cannot be forgotten.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { PrivateMounts, until } from '@lazaret/testkit';
import { ACTION_POINTS, type Recovery } from '../../packages/agent/src/actions/index.ts';
import { VAULT_POINTS, type VaultItem } from '../../packages/agent/src/vault/index.ts';
import { base64, runScenario, type ScenarioResult, startScenario, type Step } from './scenario-types.ts';

let mounts: PrivateMounts;
before(async () => {
  mounts = await PrivateMounts.open('mkdir owned; mount -t tmpfs -o mode=777 none owned');
});
after(async () => {
  await mounts.close();
});

const CONTENT = 'infected '.repeat(20_000);

interface Case {
  readonly name: string;
  /** Below the private mounts; `owned` is a mount whose root everybody may write. */
  readonly folder: string;
  /** Done before, without dying. */
  readonly prepare: readonly Step[];
  readonly step: Step;
  /** What must hold after the next start tidied up. */
  readonly wanted: 'in-place-or-vault' | 'in-place-or-gone';
}

function casesIn(folder: string): readonly Case[] {
  const path = base64(mounts.inside(folder, 'file'));
  const quarantine: Step = { do: 'act', primary: 'quarantine', path };
  return [
    { name: 'quarantine', folder, prepare: [], step: quarantine, wanted: 'in-place-or-vault' },
    { name: 'delete', folder, prepare: [], step: { do: 'act', primary: 'delete', path }, wanted: 'in-place-or-gone' },
    { name: 'restore', folder, prepare: [quarantine], step: { do: 'restore' }, wanted: 'in-place-or-vault' },
    {
      name: 'restore without unnamed files',
      folder,
      prepare: [quarantine],
      step: { do: 'restore', unnamedFiles: false },
      wanted: 'in-place-or-vault',
    },
  ];
}

function prepare(item: Case): string {
  mounts.shell(`rm -rf state; mkdir -p ${item.folder}; find ${item.folder} -mindepth 1 -delete`);
  fs.writeFileSync(mounts.path(item.folder, 'file'), CONTENT);
  const state = mounts.inside('state');
  if (item.prepare.length > 0) runScenario(mounts, { state, steps: item.prepare });
  return state;
}

function pointsOf(item: Case): readonly string[] {
  const result = runScenario(mounts, { state: prepare(item), steps: [item.step] }) ?? assert.fail('killed');
  return [...new Set(result.reached)];
}

function inPlace(item: Case): boolean {
  const file = mounts.path(item.folder, 'file');
  if (!fs.existsSync(file)) return false;
  assert.equal(fs.readFileSync(file, 'utf8'), CONTENT, 'the file in place is whole');
  return true;
}

/** What the vault holds: null for nothing. An entry is whole: its content is restored elsewhere and compared. */
function entryStateAfter(state: string, steps: readonly Step[]): string | null {
  const elsewhere = mounts.inside('elsewhere');
  fs.rmSync(mounts.path('elsewhere'), { force: true });
  const look: readonly Step[] = [{ do: 'list' }, { do: 'restore', to: base64(elsewhere), keepEntry: true }];
  const result = runScenario(mounts, { state, steps: [...steps, ...look] }) ?? assert.fail('killed');
  const [item, ...others] = result.results.at(-2) as readonly VaultItem[];
  assert.equal(others.length, 0, 'no second copy');
  if (item === undefined) return null;
  assert.deepEqual(result.results.at(-1), { path: base64(elsewhere), differences: [], linked: false });
  assert.equal(fs.readFileSync(mounts.path('elsewhere'), 'utf8'), CONTENT);
  return item.state;
}

function assertTidy(item: Case, point: string): void {
  assert.equal(mounts.shell('find . -name ".lazaret*"'), '', `${item.name} at ${point}: nothing of ours is left`);
  assert.equal(
    mounts.shell(
      'find state -name "*.partial" -o -name "*.incoming" -o -path "state/journal/*" -o -path "*/restoring/*"',
    ),
    '',
  );
  assert.deepEqual(
    fs.readdirSync(mounts.path(item.folder)).filter((name) => name !== 'file'),
    [],
  );
}

function dieAt(item: Case, point: string): void {
  const state = prepare(item);
  assert.equal(runScenario(mounts, { state, steps: [item.step], dieAt: point }), null, `${item.name} dies at ${point}`);
  const what = `${item.name} at ${point}`;
  if (item.wanted === 'in-place-or-vault')
    assert.ok(inPlace(item) || entryStateAfter(state, []) !== null, `${what}, before the next start`);
  const entryState = entryStateAfter(state, [{ do: 'recover' }]);
  assertTidy(item, point);
  const placed = inPlace(item);
  if (item.wanted === 'in-place-or-gone') {
    const unlinked = ['staging.unlinked', 'staging.cleared', 'journal.cleared'].includes(point);
    assert.equal(placed, !unlinked, `${what}: in place, unless it was deleted already`);
    return;
  }
  assert.ok(placed || entryState !== null, `${what}, after the next start`);
  if (item.name !== 'quarantine' || entryState === null) return;
  assert.equal(
    entryState,
    placed ? 'original-not-deleted' : 'complete',
    `${what}: the entry says whether the original is there`,
  );
}

function kindsOf(result: ScenarioResult | null): readonly string[] {
  const recoveries = result?.results[0] as readonly Recovery[];
  return recoveries.map((recovery) => recovery.kind);
}

for (const folder of ['work', 'owned']) {
  test(`AC-9a: killed at every fault point (${folder}), the file is in place, or complete in the vault, or both, and the next start tidies up`, (context) => {
    const reached = new Set<string>();
    for (const item of casesIn(folder).slice(0, folder === 'work' ? 4 : 2)) {
      const points = pointsOf(item);
      for (const point of points) {
        reached.add(point);
        dieAt(item, point);
      }
      context.diagnostic(`${item.name}: ${points.length} points`);
    }
    if (folder === 'work') assert.deepEqual([...reached].sort(), [...ACTION_POINTS, ...VAULT_POINTS].sort());
  });
}

test('AC-9a: a folder that its owner renamed in the moment of the crash is found again by its handle', () => {
  const item = casesIn('owned')[1] ?? assert.fail('no such case');
  const state = prepare(item);
  assert.equal(runScenario(mounts, { state, steps: [item.step], dieAt: 'staging.moved' }), null);
  mounts.shell('mkdir owned/hidden; mv owned/.lazaret-staging-* owned/hidden/renamed');
  assert.equal(inPlace(item), false);
  runScenario(mounts, { state, steps: [{ do: 'recover' }] });
  assert.equal(inPlace(item), true);
});

test('AC-9a: what was staged goes beside a file that took its place meanwhile, and a missing folder leaves it waiting', () => {
  const item = casesIn('work')[1] ?? assert.fail('no such case');
  const state = prepare(item);
  assert.equal(runScenario(mounts, { state, steps: [item.step], dieAt: 'staging.moved' }), null);
  mounts.shell('mv work away');
  const waiting = runScenario(mounts, { state, steps: [{ do: 'recover' }] });
  assert.deepEqual(kindsOf(waiting), ['stranded']);
  mounts.shell('mv away work; printf foreign > work/file');
  runScenario(mounts, { state, steps: [{ do: 'recover' }] });
  assert.equal(fs.readFileSync(mounts.path('work/file'), 'utf8'), 'foreign');
  const beside = fs.readdirSync(mounts.path('work')).find((name) => name.startsWith('file.lazaret-put-back-'));
  assert.equal(fs.readFileSync(mounts.path('work', beside ?? ''), 'utf8'), CONTENT);
});

function isStopped(pid: number): boolean {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
}

test('AC-9a: a second process does not undo what a living one is doing', async () => {
  const item = casesIn('work')[0] ?? assert.fail('no such case');
  const state = prepare(item);
  const child = startScenario(mounts, { state, steps: [item.step], stopAt: 'staging.moved' });
  const ended = once(child, 'exit');
  const { pid = 0 } = child;
  await until(() => isStopped(pid), 'the stop');
  assert.deepEqual(kindsOf(runScenario(mounts, { state, steps: [{ do: 'recover' }] })), []);
  assert.equal(inPlace(item), false);
  process.kill(pid, 'SIGCONT');
  await ended;
  assert.equal(inPlace(item), false);
  assert.equal(entryStateAfter(state, []), 'complete');
  assertTidy(item, 'the end');
});

test('AC-9a: what lies on a file system that is not mounted now waits, and is given up after 30 days', () => {
  const item = casesIn('owned')[1] ?? assert.fail('no such case');
  const state = prepare(item);
  assert.equal(runScenario(mounts, { state, steps: [item.step], dieAt: 'staging.moved' }), null);
  mounts.shell('mount -t tmpfs none owned');
  assert.deepEqual(kindsOf(runScenario(mounts, { state, steps: [{ do: 'recover' }] })), ['stranded']);
  mounts.shell('umount owned; cp -a state state-old');
  const [name] = fs.readdirSync(mounts.path('state-old/journal'));
  const file = mounts.path('state-old/journal', name ?? '');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/"startedAtMs":\d+/, '"startedAtMs":1000'));
  assert.deepEqual(kindsOf(runScenario(mounts, { state, steps: [{ do: 'recover' }] })), ['put-back']);
  assert.equal(inPlace(item), true);
  mounts.shell('mount -t tmpfs none owned');
  const old = { state: mounts.inside('state-old'), steps: [{ do: 'recover' as const }] };
  assert.deepEqual(kindsOf(runScenario(mounts, old)), ['given-up']);
  assert.deepEqual(kindsOf(runScenario(mounts, old)), []);
  mounts.shell('umount owned');
});

test('AC-9a: a journal record that cannot be read is set aside, and the rest goes on', () => {
  const item = casesIn('work')[1] ?? assert.fail('no such case');
  const state = prepare(item);
  assert.equal(runScenario(mounts, { state, steps: [item.step], dieAt: 'staging.moved' }), null);
  fs.writeFileSync(mounts.path('state/journal/0000000000000000.json'), '{"half":');
  assert.deepEqual(kindsOf(runScenario(mounts, { state, steps: [{ do: 'recover' }] })), ['put-back']);
  assert.deepEqual(fs.readdirSync(mounts.path('state/journal')), ['0000000000000000.json.damaged']);
});
