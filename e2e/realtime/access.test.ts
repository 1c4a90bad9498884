// SPDX-License-Identifier: Apache-2.0
// The matrix of real-time: each file system, each access, as root and as an ordinary user – refused, told, and acted on, by the real product.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { openerSchema, realtimeLineSchema } from '@lazaret/contract';
import { eicar } from '@lazaret/testkit';
import {
  AS_USER,
  assertReadable,
  assertRefused,
  compileWays,
  EXT4,
  ofPath,
  refusedBy,
} from '../support/realtime-access.ts';
import { until } from '../support/product.ts';
import {
  type Line,
  type RealtimeProduct,
  type RunningRealtime,
  makeRealtime,
  plant,
  within,
} from '../support/realtime-product.ts';

const TIMEOUT = { timeout: 600_000 };
/** `merged` is an overlay: its lower and upper layers lie on the ext4. `memory`: one whose layers lie on the tmpfs. */
const PLACES = ['ext4', 'tmpfs', 'merged', 'memory'] as const;
const USERS = { root: 'env', nobody: AS_USER } as const;
const ACCESSES = (ways: string): Readonly<Record<string, string>> => ({
  cat: 'cat $0',
  append: 'echo x >> $0',
  write: 'printf yyyy | dd of=$0 conv=notrunc status=none',
  empty: ': > $0',
  exec: '$0',
  mmap: `${ways} mapping $0`,
});

const PROGRAMS: Readonly<Record<string, RegExp>> = { cat: /\/cat$/, write: /\/dd$/, mmap: /\/ways$/ };

async function makePlaces(test: Parameters<typeof makeRealtime>[0]): Promise<RealtimeProduct> {
  const overlay = (on: string, at: string): string =>
    `mkdir ${on}/{lower,upper,work}; chmod 777 ${on}/upper; mount -t overlay -o lowerdir=$PWD/${on}/lower,upperdir=$PWD/${on}/upper,workdir=$PWD/${on}/work none ${at}`;
  const places = `mkdir ${PLACES.join(' ')}; ${EXT4}; mount -o loop ext4.image ext4; mount -t tmpfs none tmpfs`;
  return await makeRealtime(
    test,
    `${places}; ${overlay('ext4', 'merged')}; ${overlay('tmpfs', 'memory')}; chmod 777 ${PLACES.join(' ')}`,
  );
}

const watched = ({ mounts }: RealtimeProduct): string[] => PLACES.flatMap((place) => ['--watch', mounts.inside(place)]);
const PATIENT = ['--deadline-ms', '60000'];

interface Case {
  readonly file: string;
  readonly user: keyof typeof USERS;
  readonly access: string;
  readonly script: string;
}

/** A file for each, written by another process, for everybody to read, write and run. */
function plantAll({ mounts }: RealtimeProduct, accesses: Readonly<Record<string, string>>): readonly Case[] {
  return PLACES.flatMap((place) =>
    (['root', 'nobody'] as const).flatMap((user) =>
      Object.entries(accesses).map(([access, command]) => {
        const file = `${place}/${access}-by-${user}-on-${place}.com`;
        within(mounts, `${plant(file)}; chmod 777 ${file}`);
        // In a mount namespace of its own, as a container's process is.
        return { file, user, access, script: `unshare -m ${USERS[user]} bash -c '${command}' ${file}` };
      }),
    ),
  );
}

function assertTold(line: Line, { user, access, file }: Case): void {
  const opener = openerSchema.parse(line['opener']);
  assert.deepEqual([opener.user, opener.uid], [user, user === 'root' ? 0 : 65534], file);
  assert.match(opener.container ?? '', /^mnt:\[\d+\]$/, file);
  assert.match(opener.executable, PROGRAMS[access] ?? /\/bash$/, file);
  assert.ok(opener.pid > 0 && opener.commandLine.length > 0 && opener.parents.length > 0, file);
  assert.equal(line['access'], access === 'exec' ? 'execute' : 'open', file);
}

test(
  'RT-1a, RT-1b, RT-1c, RT-6a, RT-11a, AC-6a, AC-6b: on ext4, tmpfs and overlays, read, write, append, truncation, exec and mapping get EPERM as root and as a user; Deny leaves the bytes; each event has process, user and container',
  TIMEOUT,
  async (t) => {
    const ways = compileWays(t);
    const product = await makePlaces(t);
    const cases = plantAll(product, ACCESSES(ways));
    for (const { file } of cases) assertReadable(product.mounts, `cat ${file}`);
    const realtime = await product.start(...watched(product), '--action', 'deny', ...PATIENT);
    for (const { script } of cases) assertRefused(product.mounts, script);
    for (const one of cases) {
      const line = await refusedBy(realtime, one.file.split('/').at(-1) ?? '');
      assertTold(line, one);
      assert.deepEqual((line['action'] as { primary: unknown }).primary, { action: 'deny', result: 'done' });
    }
    await truncateByPath(product, realtime, cases, ways);
    assert.equal(await realtime.stop(), 0);
    for (const { file } of cases)
      if (!truncated(file)) assert.deepEqual(readFileSync(product.mounts.path(file)), eicar(), file);
  },
);

const truncated = (file: string): boolean =>
  file.startsWith('cat-', file.indexOf('/') + 1) && !file.startsWith('ext4/');

/** No open comes of it: the kernel asks about it where the file system has it, and where it has not, that is said before. */
async function truncateByPath(
  { mounts, lazaret }: RealtimeProduct,
  { lines }: RunningRealtime,
  cases: readonly Case[],
  ways: string,
): Promise<void> {
  const ready = realtimeLineSchema.parse(lines[0]);
  const why = (place: string): string | null | undefined =>
    ready.type === 'ready'
      ? ready.watching.find(({ mountPoint }) => mountPoint === mounts.inside(place))?.why
      : undefined;
  // The gate takes what it is told in turn: when it answers this, it has been told to deny.
  await lazaret('realtime', 'stats', '--json');
  for (const { file, user } of cases.filter(({ access }) => access === 'cat')) {
    const truncate = `${USERS[user]} ${ways} truncate ${file}`;
    if (file.startsWith('ext4/')) assertRefused(mounts, truncate);
    else assert.equal(within(mounts, truncate).code, 0, `${file}: refused after all, and so the documents must say`);
  }
  assert.deepEqual(PLACES.map(why), [null, ...PLACES.slice(1).map(() => 'truncate by path is not refused')]);
}

for (const action of ['delete', 'quarantine'] as const)
  test(
    `RT-1a, RT-1b, RT-1c: on ext4, tmpfs and overlays, an access that is refused is followed by the action: ${action}`,
    TIMEOUT,
    async (t) => {
      const ways = compileWays(t);
      const product = await makePlaces(t);
      const cases = plantAll(product, ACCESSES(ways));
      const realtime = await product.start(...watched(product), '--action', action, ...PATIENT);
      for (const { script } of cases) assertRefused(product.mounts, script);
      for (const one of cases) {
        const line = await refusedBy(realtime, one.file.split('/').at(-1) ?? '');
        assertTold(line, one);
        assert.deepEqual((line['action'] as { primary: unknown }).primary, { action, result: 'done' }, one.file);
        await until(() => !existsSync(product.mounts.path(one.file)), `${one.file} is gone`);
      }
      const kept = (await product.lazaret('quarantine', 'list')).stdout.match(/-on-\w+\.com/g)?.length ?? 0;
      assert.equal(kept, action === 'quarantine' ? cases.length : 0);
    },
  );

test(
  'RT-1d: what is written is scanned when its writer closes it, and acted on, though nobody opens it',
  TIMEOUT,
  async (t) => {
    const product = await makePlaces(t);
    const realtime = await product.start(...watched(product), '--action', 'delete', ...PATIENT);
    for (const place of PLACES) {
      const file = `${place}/written-on-${place}.com`;
      within(product.mounts, `${AS_USER} bash -c '${plant('$0')}' ${file}`);
      // A new name may be looked at first, when it has its content already.
      const { access, refused } = await realtime.line('detection', ofPath(`written-on-${place}.com`));
      assert.ok((access === 'close-write' || access === 'moved') && refused === false, `${file}: ${String(access)}`);
      await until(() => !existsSync(product.mounts.path(file)), `${file} is gone`);
    }
  },
);
