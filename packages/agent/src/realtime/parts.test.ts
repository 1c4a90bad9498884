// SPDX-License-Identifier: Apache-2.0
// The small parts of real-time, each by itself: the heartbeat, one action a time, the walk over what changed, who opened.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { defaultPolicy } from '@lazaret/core';
import { processIdentity, systemClock, type Clock } from '@lazaret/platform';
import { HOST, maskingOnce, mountDevice, toOpener } from '@lazaret/host';
import type { ObjectId } from '@lazaret/host/ports';
import { manualClock, temporaryDirectory } from '@lazaret/testkit';
import { acceptPolicy } from '../policy/index.ts';
import { compileScope } from '../scan/index.ts';
import { heartbeat } from './state/heartbeat.ts';
import { objectsAtWork } from './detections/objects-at-work.ts';
import { gapWalks } from './let-through/gap-walks.ts';
import { walkChanged } from './let-through/walk-changed.ts';

test('a heartbeat of another supervisor tells of a gap, one of the same does not, and rest ends it', async (t) => {
  const path = join(temporaryDirectory(t), 'alive');
  const clock = manualClock(1_000_000);
  writeFileSync(path, '1-1-00000000\n');
  utimesSync(path, 5, 5);
  assert.equal(heartbeat(path, clock, process.pid).gapSinceMs, 5_000);
  writeFileSync(path, '1-1-0');
  const beat = heartbeat(path, clock, process.pid);
  assert.equal(beat.gapSinceMs, null);
  beat.beat();
  assert.equal(readFileSync(path, 'utf8'), `${processIdentity()}\n`);
  assert.equal(statSync(path).mtimeMs, 1_000_000);
  await clock.advance(1_000);
  beat.beat();
  assert.equal(statSync(path).mtimeMs, 1_000_000, 'not at every turn');
  await clock.advance(1_000);
  beat.beat();
  assert.equal(statSync(path).mtimeMs, 1_002_000);
  assert.equal(heartbeat(path, clock, process.pid).gapSinceMs, null, 'the agent alone had died');
  beat.rest();
  assert.equal(existsSync(path), false);
});

test('one object has one action at a time, others go on beside it', async (t) => {
  const directory = temporaryDirectory(t);
  const objectOf = (name: string): ObjectId => {
    writeFileSync(join(directory, name), name);
    const file = HOST.files.adopt(openSync(join(directory, name), 'r'));
    t.after(() => file.close());
    return file.describe().object;
  };
  const [one, other] = [objectOf('one'), objectOf('other')];
  const objects = objectsAtWork(HOST.realtime);
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = objects.inTurn(one, async () => {
    await gate.promise;
    order.push('first');
  });
  const second = objects.inTurn(one, async () => void order.push('second'));
  await objects.inTurn(other, async () => void order.push('other'));
  gate.resolve();
  await Promise.all([first, second]);
  assert.deepEqual(order, ['other', 'first', 'second']);
  objects.noteRemoved(one, Buffer.from('/a'));
  assert.deepEqual(
    [objects.wasRemoved(one, Buffer.from('/a')), objects.wasRemoved(other, Buffer.from('/a'))],
    [true, false],
  );
});

test('a walk finds what was written, linked or moved in since, whole folders too, and leaves the rest', async (t) => {
  const base = temporaryDirectory(t);
  const [watched, aside, own] = ['watched', 'aside', 'watched/own'].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [watched, join(watched, 'old'), join(aside, 'tree/deep'), own])
    mkdirSync(path, { recursive: true });
  for (const path of ['watched/old/a', 'watched/own/c', 'aside/tree/deep/b']) writeFileSync(join(base, path), path);
  const policy = acceptPolicy(
    {
      ...defaultPolicy,
      realtime: {
        ...defaultPolicy.realtime,
        directories: { kind: 'list', entries: [{ path: watched, subdirectories: true }] },
        exceptions: [{ match: { extension: 'skip' } }],
      },
    },
    'the test',
  ).policy;
  const scope = compileScope({
    host: HOST,
    policy,
    request: { origin: 'realtime', scope: { kind: 'policy' }, crossFileSystems: true },
    lists: { types: [], textTypes: [], listedNames: [] },
    ownDirectories: [own],
    nowMs: Date.now(),
  });
  const look = async (sinceMs: number): Promise<{ readonly found: string[]; readonly excepted: number }> => {
    const found: string[] = [];
    const { excepted, cut } = await walkChanged({
      files: HOST.files,
      scope,
      ownDirectories: [own],
      sinceMs,
      clock: systemClock,
      signal: new AbortController().signal,
      look: async ({ path, opened }) => {
        opened.close();
        found.push(path.toString().slice(watched.length + 1));
        return true;
      },
    });
    assert.equal(cut, false);
    return { found: found.toSorted(), excepted };
  };
  // The margin of the walk reaches three seconds back: later than all that was made here so far, by as much.
  const later = Date.now() + 4_000;
  assert.deepEqual((await look(later)).found, []);
  assert.deepEqual((await look(0)).found, ['old/a']);
  // A time to come in the inode stands for a change that is later than `later`.
  writeFileSync(join(watched, 'new'), 'x');
  writeFileSync(join(watched, 'new.skip'), 'x');
  for (const name of ['new', 'new.skip']) utimesSync(join(watched, name), later / 1_000 + 1, later / 1_000 + 1);
  assert.deepEqual(await look(later), { found: ['new'], excepted: 1 });
  renameSync(join(aside, 'tree'), join(watched, 'tree'));
  assert.ok((await look(Date.now() - 1_000)).found.includes('tree/deep/b'));
  const wasSeen = async (clock: Clock, scanned: boolean): Promise<boolean> =>
    await gapWalks({
      parts: { host: HOST, clock, log: { info: () => {}, warn: () => {}, error: () => {} }, ownDirectories: [own] },
      signal: new AbortController().signal,
      scope: () => scope,
      look: async ({ opened }) => {
        opened.close();
        return scanned;
      },
    }).since(0);
  assert.equal(await wasSeen(systemClock, true), true);
  assert.equal(await wasSeen(systemClock, false), false, 'what could not be scanned was not seen');
  let hours = 0;
  const hurried = { ...systemClock, monotonicMs: () => hours++ * 3_600_001 };
  assert.equal(await wasSeen(hurried, true), false, 'what took too long is looked for again');
});

test('a file is opened by its path only if it is the very object; what is gone is told apart from what no way leads to', async (t) => {
  const path = join(temporaryDirectory(t), 'a');
  writeFileSync(path, 'x');
  const source = HOST.realtime;
  const held = HOST.files.adopt(openSync(path, 'r'));
  t.after(() => held.close());
  const { device, inode, handle } = held.describe().identity;
  const [handleType = '0', hex = ''] = (handle ?? '').split(':');
  const file = { device: String(device), inode: String(inode), handleType: Number(handleType), handle: hex };
  const clue = { path, believed: true, file, opener: null };
  const opened = await source.openClue(clue);
  assert.ok(opened !== null);
  opened.close();
  assert.deepEqual(source.reachFile(held, clue), { path: Buffer.from(path) });
  const elsewhere = { ...clue, believed: false, file: { ...file, device: '1', handle: null } };
  await assert.rejects(source.openClue(elsewhere), { code: 'path.not_found' });
  renameSync(path, `${path}-2`);
  assert.equal(source.reachFile(held, clue)?.path.toString(), `${path}-2`, 'by the open file itself');
  assert.equal(await source.openClue({ ...clue, file: { ...file, handle: null } }), null);
  // A process's own root stands for another mount tree.
  const foreign = { ...clue, path: `${path}-2`, believed: false, opener: { pid: process.pid, parents: [] } };
  const again = await source.openClue({ ...foreign, file: { ...file, handle: null } });
  assert.ok(again !== null);
  again.close();
});

test('a device is written as mountinfo writes it', () => {
  assert.equal(mountDevice(2049n), '8:1');
  assert.equal(mountDevice(39n), '0:39');
  assert.equal(mountDevice((259n << 8n) | 5n), '259:5');
});

test('pid, start, program, masked command line, account, container and parents of an opener', () => {
  const facts = {
    masked: maskingOnce(),
    bootedAtMs: Date.parse('2027-03-01T00:00:00Z'),
    userName: (uid: number) => `user${uid}`,
  };
  const opener = {
    pid: 7,
    startTime: 250,
    executable: '/bin/\u00ff',
    commandLine: ['tool', '--password', 'x'],
    uid: 33,
    gid: -1,
    container: 'ab',
    parents: [{ pid: 1, executable: '/sbin/init' }],
  };
  assert.deepEqual(toOpener(opener, facts), {
    pid: 7,
    startedAt: '2027-03-01T00:00:02.500Z',
    executable: '/bin/\ufffd',
    commandLine: ['tool', '--password', '***'],
    user: 'user33',
    uid: 33,
    gid: null,
    container: 'ab',
    parents: [{ pid: 1, executable: '/sbin/init' }],
  });
  assert.equal(toOpener({ ...opener, uid: -1 }, facts)?.user, null);
  assert.equal(toOpener(null, facts), null);
});
