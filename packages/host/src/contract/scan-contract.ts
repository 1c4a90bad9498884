// SPDX-License-Identifier: Apache-2.0
// What a scan finds and opens.
import assert from 'node:assert/strict';
import type { Files, OpenResult, WalkEntry, WalkOptions } from '../ports/files.ts';
import { bytes, codeOf, held, hold, type Case, type FilesUnderTest, type MakeFiles, type Tree } from './tree.ts';

/** Before the names below it, after the folder's: as a component is less than what begins with it. */
const IN_ORDER = ['', 'a', 'a/x', 'a.txt', 'b', 'b/c', 'b/c/y', 'b/c/z', 'link'];

const SCAN: readonly Case<FilesUnderTest>[] = [
  [
    'a walk tells everything once, a folder before what is in it, names bytewise, and follows no link',
    async (under) => {
      const { files, tree, root } = under;
      makeTree(tree, root);
      const entries = await walk(files, { root: bytes(`${root}/`) });
      assert.deepEqual(pathsOf(entries, root), IN_ORDER);
      const types = new Map(entries.map((entry) => [entry.path.toString().slice(root.length + 1), entry.type]));
      assert.deepEqual([types.get('a'), types.get('a/x'), types.get('link')], ['directory', 'regular', 'symlink']);
      assert.ok(entries.every(({ error }) => error === null));
    },
  ],

  [
    'from every cursor the walk goes on with exactly what is left',
    async (under) => {
      const { files, tree, root } = under;
      makeTree(tree, root);
      for (const [index, name] of IN_ORDER.entries()) {
        const cursor = bytes(name === '' ? root : `${root}/${name}`);
        const rest = await walk(files, { root: bytes(root), cursor });
        assert.deepEqual(pathsOf(rest, root), IN_ORDER.slice(index + 1), name);
      }
      const gone = await walk(files, { root: bytes(root), cursor: bytes(`${root}/a/zz`) });
      assert.deepEqual(pathsOf(gone, root), IN_ORDER.slice(3));
      for (const options of [
        { root: bytes('relative') },
        { root: bytes(root), cursor: bytes(`${root}-beside/a`) },
        { root: bytes(root), cursor: bytes('/elsewhere') },
      ])
        assert.equal(
          codeOf(() => files.walk(options)),
          'EINVAL',
        );
    },
  ],

  [
    'folders that are left out are told and not entered, and a walk without them stays in its own',
    async (under) => {
      const { files, tree, root } = under;
      makeTree(tree, root);
      const pruned = await walk(files, { root: bytes(root), prune: [bytes(`${root}/a/`), bytes(`${root}/b/c`)] });
      assert.deepEqual(pathsOf(pruned, root), ['', 'a', 'a.txt', 'b', 'b/c', 'link']);
      const marked = pruned.filter((entry) => entry.type !== 'mount' && entry.pruned);
      assert.deepEqual(pathsOf(marked, root), ['a', 'b/c']);
      const flat = await walk(files, { root: bytes(root), subdirectories: false });
      assert.deepEqual(pathsOf(flat, root), ['', 'a', 'a.txt', 'b', 'link']);
    },
  ],

  [
    'a root that is not there, or is a file, is one entry; a walk that is closed has ended',
    async (under) => {
      const { files, tree, root } = under;
      makeTree(tree, root);
      const [none] = await walk(files, { root: bytes(`${root}/none`) });
      assert.deepEqual([none?.type, none?.error], ['unknown', 'ENOENT']);
      const one = await walk(files, { root: bytes(`${root}/a.txt`) });
      assert.deepEqual(pathsOf(one, root), ['a.txt']);
      for (let at = 0; at < 600; at++) tree.write(`${root}/many-${at}`, '');
      const closed = files.walk({ root: bytes(root) });
      assert.equal((await closed.next())?.length, 256);
      closed.close();
      assert.equal(await closed.next(), null);
    },
  ],

  [
    'what is opened is a regular file under its own identity; all else is answered by name, in order',
    async (under, context) => {
      const { files, tree, root } = under;
      makeTree(tree, root);
      tree.makeSpecial(`${root}/fifo`, 'fifo');
      const names = ['a.txt', 'a', 'link', 'fifo', 'none', 'a.txt/below'];
      const results = await files.openForScan(names.map((name) => ({ path: bytes(`${root}/${name}`) })));
      assert.deepEqual(results.map(wordsOf), [
        'opened',
        'NOT_REGULAR directory',
        'NOT_REGULAR symlink',
        'NOT_REGULAR fifo',
        'ENOENT unknown',
        'ENOTDIR unknown',
      ]);
      const [first] = results;
      assert.ok(first?.opened);
      const file = held(context, first.file);
      assert.equal(first.object, file.describe().object);
      assert.equal(first.identity.size, 5);
    },
  ],

  [
    'a link on the way is followed where that was asked for, and refused where it was',
    async (under, context) => {
      const { files, tree, root } = under;
      makeTree(tree, root);
      const folder = held(context, files.openFolder(bytes(root)));
      const words = async (path: string, options: Parameters<Files['openForScan']>[1]): Promise<string> => {
        const [result] = await files.openForScan([{ folder, path: bytes(path) }], options);
        if (result?.opened) result.file.close();
        return result === undefined ? 'nothing' : wordsOf(result);
      };
      tree.symlink('a.txt', `${root}/short`);
      tree.symlink('loop', `${root}/loop`);
      assert.equal(await words('link/c/y', {}), 'opened');
      assert.equal(await words('link/c/y', { noSymlinks: true }), 'ELOOP unknown');
      assert.equal(await words('short', {}), 'NOT_REGULAR symlink');
      assert.equal(await words('short', { followLast: true }), 'opened');
      assert.equal(await words('loop', { followLast: true }), 'ELOOP unknown');
      const place = files.placeOf(bytes(`${root}/link/c`), { followLast: true });
      assert.ok(place.found && place.path.toString() === `${root}/b/c` && place.type === 'directory');
      assert.deepEqual(files.placeOf(bytes(`${root}/none`)), { found: false, code: 'ENOENT' });
    },
  ],

  [
    "a file is opened with the caller's rights and no others",
    async (under) => {
      const { files, tree, root } = under;
      tree.makeFolder(`${root}/open`, 0o755);
      tree.makeFolder(`${root}/closed`, 0o700);
      for (const name of ['open/all', 'open/root', 'closed/all']) tree.write(`${root}/${name}`, 'x');
      tree.setMode(`${root}/open/root`, 0o600);
      const words = async (name: string, uid: number): Promise<string> => {
        const result = await files.openAsCaller(bytes(`${root}/${name}`), { uid, gid: uid, groups: [] });
        if (result.opened) result.file.close();
        return wordsOf(result);
      };
      const answers = [words('open/all', 1000), words('open/root', 1000), words('closed/all', 1000)];
      assert.deepEqual(await Promise.all(answers), ['opened', 'EACCES regular', 'EACCES unknown']);
      assert.deepEqual([await words('open/root', 0), await words('open', 1000)], ['opened', 'NOT_REGULAR directory']);
    },
  ],
];

export function scanContract(system: string, make: MakeFiles): void {
  hold(`${system}, scan`, SCAN, make);
}

function makeTree(tree: Tree, root: string): void {
  for (const folder of ['a', 'b', 'b/c']) tree.makeFolder(`${root}/${folder}`);
  for (const file of ['a/x', 'a.txt', 'b/c/z', 'b/c/y']) tree.write(`${root}/${file}`, 'bytes');
  tree.symlink('b', `${root}/link`);
}

export async function walk(files: Files, options: WalkOptions): Promise<readonly WalkEntry[]> {
  const walking = files.walk(options);
  const entries: WalkEntry[] = [];
  for (let batch = await walking.next(); batch !== null; batch = await walking.next()) entries.push(...batch);
  return entries;
}

function pathsOf(entries: readonly WalkEntry[], root: string): readonly string[] {
  return entries.map(({ path }) => path.toString().slice(root.length + 1));
}

function wordsOf(result: OpenResult): string {
  return result.opened ? 'opened' : `${result.code} ${result.type}`;
}
