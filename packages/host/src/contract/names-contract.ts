// SPDX-License-Identifier: Apache-2.0
// Names in folders: what actions and the vault do by them, and what must never happen to what is there already.
import assert from 'node:assert/strict';
import { sameObject } from '../ports/object-id.ts';
import { bytes, codeOf, held, hold, type Case, type FilesUnderTest, type MakeFiles } from './tree.ts';

const ONE = bytes('one');
const TWO = bytes('two');

const NAMES: readonly Case<FilesUnderTest>[] = [
  [
    'a rename replaces nothing, whatever stands there, and both stay as they were',
    (under, context) => {
      const { files, tree, root } = under;
      tree.write(`${root}/one`, 'first');
      tree.write(`${root}/two`, 'second');
      tree.makeFolder(`${root}/folder`);
      const folder = held(context, files.openFolder(bytes(root)));
      for (const name of [TWO, bytes('folder')])
        assert.equal(
          codeOf(() => folder.rename(ONE, { folder, name })),
          'EEXIST',
        );
      assert.deepEqual([tree.read(`${root}/one`).toString(), tree.read(`${root}/two`).toString()], ['first', 'second']);
      folder.rename(ONE, { folder, name: bytes('three') });
      assert.deepEqual(tree.names(root), ['folder', 'three', 'two']);
      assert.equal(
        codeOf(() => folder.rename(ONE, { folder, name: bytes('four') })),
        'ENOENT',
      );
    },
  ],

  [
    'a rename keeps the object, and goes to another folder of the same mount',
    (under, context) => {
      const { files, tree, root } = under;
      tree.write(`${root}/one`, 'first');
      tree.makeFolder(`${root}/folder`);
      const folder = held(context, files.openFolder(bytes(root)));
      const below = held(context, folder.openFolder(bytes('folder')));
      const file = held(context, folder.openFile(ONE));
      const before = file.describe();
      assert.equal(below.isOnMountOf(folder), true);
      folder.rename(ONE, { folder: below, name: TWO });
      const after = below.describeName(TWO);
      assert.ok(sameObject(before.object, after.object) && sameObject(before.object, file.describe().object));
      assert.deepEqual([after.identity.mtimeNs, after.identity.size], [before.identity.mtimeNs, 5]);
      assert.equal(file.place().toString(), `${root}/folder/two`);
    },
  ],

  [
    'a name that was swapped is another object, also where the number of the first is given again',
    (under, context) => {
      const { files, tree, root } = under;
      tree.write(`${root}/one`, 'same bytes');
      const folder = held(context, files.openFolder(bytes(root)));
      const { object } = folder.describeName(ONE);
      tree.write(`${root}/incoming`, 'same bytes');
      tree.rename(`${root}/incoming`, `${root}/one`);
      assert.equal(sameObject(folder.describeName(ONE).object, object), false);
      const seen = new Set<string>([object]);
      for (let round = 0; round < 20; round++) {
        tree.remove(`${root}/one`);
        tree.write(`${root}/one`, 'same bytes');
        seen.add(folder.describeName(ONE).object);
      }
      assert.equal(seen.size, 21);
    },
  ],

  [
    'links are not followed: not by a name, not on the way to a folder',
    (under, context) => {
      const { files, tree, root } = under;
      tree.makeFolder(`${root}/folder`);
      tree.write(`${root}/folder/one`, 'x');
      tree.symlink('folder', `${root}/alias`);
      tree.symlink('folder/one', `${root}/short`);
      const folder = held(context, files.openFolder(bytes(root)));
      assert.equal(folder.describeName(bytes('alias')).type, 'symlink');
      const codes = [
        () => folder.openFolder(bytes('alias')),
        () => folder.openFile(bytes('short')),
        () => files.openFolder(bytes(`${root}/alias`)),
        () => files.openFolder(bytes(`${root}/alias/..`)),
      ].map(codeOf);
      assert.deepEqual(codes, ['ELOOP', 'ELOOP', 'ELOOP', 'ELOOP']);
    },
  ],

  [
    'what is not there, is taken, is no folder or is not empty is refused by its code, and changes nothing',
    (under, context) => {
      const { files, tree, root } = under;
      tree.write(`${root}/one`, 'x');
      tree.makeFolder(`${root}/folder`);
      tree.write(`${root}/folder/two`, 'x');
      const folder = held(context, files.openFolder(bytes(root)));
      const name = bytes('folder');
      const refused: readonly (readonly [string, () => unknown])[] = [
        ['ENOENT', () => files.openFolder(bytes(`${root}/none`))],
        ['ENOTDIR', () => files.openFolder(bytes(`${root}/one`))],
        ['ENOTDIR', () => files.openFolder(bytes(`${root}/one/below`))],
        ['ENOENT', () => folder.describeName(TWO)],
        ['ENOENT', () => folder.openFile(TWO)],
        ['ENOENT', () => folder.openFolder(TWO)],
        ['ENOTDIR', () => folder.openFolder(ONE)],
        ['EEXIST', () => folder.createFile(ONE, 0o600)],
        ['EEXIST', () => folder.makeFolder(ONE, 0o700)],
        ['ENOENT', () => folder.unlink(TWO)],
        ['EISDIR', () => folder.unlink(name)],
        ['ENOTDIR', () => folder.removeFolder(ONE)],
        ['ENOTEMPTY', () => folder.removeFolder(name)],
        ['ENOENT', () => folder.removeFolder(TWO)],
      ];
      for (const [code, call] of refused) assert.equal(codeOf(call), code, call.toString());
      assert.deepEqual([tree.names(root), tree.names(`${root}/folder`)], [['folder', 'one'], ['two']]);
      assert.deepEqual([folder.has(ONE), folder.has(TWO)], [true, false]);
      assert.deepEqual(folder.names().map(String).toSorted(), ['folder', 'one']);
    },
  ],

  [
    'a file has as many names as it was given, and one that is taken is not replaced',
    (under, context) => {
      const { files, tree, root } = under;
      tree.write(`${root}/one`, 'first');
      tree.write(`${root}/two`, 'second');
      const folder = held(context, files.openFolder(bytes(root)));
      const file = held(context, folder.openFile(ONE));
      assert.equal(
        codeOf(() => folder.link(file, TWO)),
        'EEXIST',
      );
      folder.link(file, bytes('three'));
      assert.equal(file.describe().identity.nlink, 2);
      assert.equal(folder.describeName(bytes('three')).object, file.describe().object);
      folder.unlink(ONE);
      folder.unlink(bytes('three'));
      assert.equal(file.describe().identity.nlink, 0);
      assert.deepEqual(tree.names(root), ['two']);
    },
  ],

  [
    'a handle leads to the very object whatever it is called, and to nothing when that is gone',
    (under, context) => {
      const { files, tree, root } = under;
      tree.write(`${root}/one`, 'first');
      tree.makeFolder(`${root}/folder`);
      const folder = held(context, files.openFolder(bytes(root)));
      const { identity, object } = folder.describeName(ONE);
      const handle = identity.handle ?? assert.fail('a file system without handles');
      tree.rename(`${root}/one`, `${root}/folder/moved`);
      const found = held(context, folder.openFileByHandle(handle));
      assert.equal(found.describe().object, object);
      const ofFolder = folder.describeName(bytes('folder'));
      const again = held(context, folder.openFolderByHandle(ofFolder.identity.handle ?? assert.fail('no handle')));
      assert.equal(again.describe().object, ofFolder.object);
      found.close();
      tree.remove(`${root}/folder/moved`);
      assert.equal(
        codeOf(() => folder.openFileByHandle(handle)),
        'ESTALE',
      );
    },
  ],

  [
    'a folder of ours alone is private; one that others may enter, or own, is not, and they may rename what is in it',
    (under, context) => {
      const { files, tree, root } = under;
      const folder = held(context, files.openFolder(bytes(root)));
      folder.makeFolder(bytes('ours'), 0o700);
      const ours = held(context, folder.openFolder(bytes('ours')));
      const facts = (): readonly boolean[] => [ours.isPrivate(), ours.othersMayRename(), ours.describe().isOurs];
      assert.deepEqual(facts(), [true, false, true]);
      tree.setMode(`${root}/ours`, 0o755);
      assert.deepEqual(facts(), [false, false, true]);
      tree.setMode(`${root}/ours`, 0o777);
      assert.deepEqual(facts(), [false, true, true]);
      tree.setMode(`${root}/ours`, 0o1777);
      assert.deepEqual(facts(), [false, false, true]);
      tree.setMode(`${root}/ours`, 0o700);
      tree.setOwner(`${root}/ours`, 1234, 1234);
      assert.deepEqual(facts(), [false, true, false]);
    },
  ],

  [
    'going up from a folder ends at the root of its mount',
    (under, context) => {
      const { files, tree, root } = under;
      tree.makeFolder(`${root}/folder`);
      const folder = held(context, files.openFolder(bytes(`${root}/folder`)));
      const top = held(context, folder.openMountRoot());
      assert.ok(top.isOnMountOf(folder));
      const place = top.place().toString();
      assert.ok(place === '/' || root === place || root.startsWith(`${place}/`), place);
      const above = held(context, top.openMountRoot());
      assert.equal(above.describe().object, top.describe().object);
      const same = held(context, folder.reopen());
      assert.equal(same.describe().object, folder.describe().object);
    },
  ],
];

export function namesContract(system: string, make: MakeFiles): void {
  hold(`${system}, names`, NAMES, make);
}
