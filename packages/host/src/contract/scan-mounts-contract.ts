// SPDX-License-Identifier: Apache-2.0
// What a walk tells of other mounts below its root.
import assert from 'node:assert/strict';
import type { WalkEntry, WalkOptions } from '../ports/files.ts';
import { walk } from './scan-contract.ts';
import { bytes, hold, type Case, type FilesUnderTest } from './tree.ts';

export interface MountsUnderTest extends FilesUnderTest {
  /** Another file system, with nothing in it, over a folder. */
  readonly mount: (path: string, type: 'tmpfs' | 'ramfs') => void;
}

const OUTER = ['m mount tmpfs entered', 'm directory', 'm/in directory', 'm/in/x regular'];
const NOT_INNER = [...OUTER, 'm/n mount ramfs not-allowed'];
const INNER = [...OUTER, 'm/n mount ramfs entered', 'm/n directory', 'm/n/y regular'];

const MOUNTS: readonly Case<MountsUnderTest>[] = [
  [
    'a mount is told and is entered where the options allow it; it is left out and stayed out of as every folder is',
    async (under) => {
      makeMounts(under);
      const root = bytes(under.root);
      const told = async (options: Omit<WalkOptions, 'root'>): Promise<readonly string[]> =>
        wordsOf(await walk(under.files, { root, ...options }), under.root);
      const both = ['tmpfs', 'ramfs'];
      assert.deepEqual(await told({}), around('m mount tmpfs not-allowed'));
      assert.deepEqual(await told({ crossFileSystemTypes: ['tmpfs'] }), around(...NOT_INNER));
      assert.deepEqual(await told({ crossFileSystemTypes: both }), around(...INNER));
      const [outer] = mountIds(await walk(under.files, { root }));
      assert.deepEqual(await told({ crossMountIds: [outer ?? -1] }), around(...NOT_INNER));
      const flat = await told({ crossFileSystemTypes: both, subdirectories: false });
      assert.deepEqual(flat, around('m mount tmpfs entered', 'm directory'));
      const prune = [bytes(`${under.root}/m`)];
      assert.deepEqual(await told({ crossFileSystemTypes: both, prune }), around('m directory pruned'));
      assert.deepEqual(await told({ prune }), around('m directory pruned'));
      const inner = { crossFileSystemTypes: both, prune: [bytes(`${under.root}/m/n/`)] };
      assert.deepEqual(await told(inner), around(...OUTER, 'm/n directory pruned'));
    },
  ],

  [
    'from every cursor the walk goes on with what is left, on the other side of a mount too',
    async (under) => {
      makeMounts(under);
      const { files, root } = under;
      const all = around(...INNER);
      const nameOf = (line: string): string => line.slice(0, line.indexOf(' '));
      for (const name of new Set(all.map(nameOf))) {
        const cursor = bytes(name === '' ? root : `${root}/${name}`);
        const rest = await walk(files, { root: bytes(root), cursor, crossFileSystemTypes: ['tmpfs', 'ramfs'] });
        const last = all.findLastIndex((line) => nameOf(line) === name);
        assert.deepEqual(wordsOf(rest, root), all.slice(last + 1), name);
      }
    },
  ],
];

export function scanMountsContract(system: string, make: () => MountsUnderTest): void {
  hold(`${system}, mounts of a scan`, MOUNTS, make);
}

function makeMounts({ tree, root, mount }: MountsUnderTest): void {
  for (const folder of ['a', 'm', 'z']) tree.makeFolder(`${root}/${folder}`);
  tree.write(`${root}/m/covered`, 'nobody comes to it');
  mount(`${root}/m`, 'tmpfs');
  for (const folder of ['m/in', 'm/n']) tree.makeFolder(`${root}/${folder}`);
  tree.write(`${root}/m/in/x`, 'x');
  mount(`${root}/m/n`, 'ramfs');
  tree.write(`${root}/m/n/y`, 'y');
}

function around(...lines: readonly string[]): readonly string[] {
  return [' directory', 'a directory', ...lines, 'z directory'];
}

function wordsOf(entries: readonly WalkEntry[], root: string): readonly string[] {
  return entries.map((entry) => {
    assert.equal(entry.error, null);
    const words = [entry.path.toString().slice(root.length + 1), entry.type];
    if (entry.type === 'mount') words.push(entry.fileSystemType, entry.decision);
    else if (entry.pruned) words.push('pruned');
    return words.join(' ');
  });
}

function mountIds(entries: readonly WalkEntry[]): readonly number[] {
  return entries.filter(({ type }) => type === 'mount').map(({ identity }) => identity.mountId);
}
