// SPDX-License-Identifier: Apache-2.0
// Folders of our own: private to us, or refused; small files, whole or not there.
import assert from 'node:assert/strict';
import { bytes, codeOf, held, hold, type Case, type FilesUnderTest, type MakeFiles } from './tree.ts';

const OWN_FOLDERS: readonly Case<FilesUnderTest>[] = [
  [
    'one is made with all above it, for us alone',
    (under, context) => {
      const { files, root } = under;
      assert.notEqual(files.ownFolder(`${root}/state/vault`), null);
      for (const path of ['state', 'state/vault']) {
        const folder = held(context, files.openFolder(bytes(`${root}/${path}`)));
        assert.equal(folder.isPrivate(), true);
      }
    },
  ],

  [
    'one that others may enter, or own, is refused',
    (under) => {
      const { files, tree, root } = under;
      tree.makeFolder(`${root}/open`, 0o755);
      tree.makeFolder(`${root}/theirs`, 0o700);
      tree.setOwner(`${root}/theirs`, 1234, 1234);
      assert.deepEqual([files.ownFolder(`${root}/open`), files.ownFolder(`${root}/theirs`)], [null, null]);
    },
  ],

  [
    'a small file is read as it was written, is replaced whole, and goes',
    (under) => {
      const { files, tree, root } = under;
      const own = files.ownFolder(`${root}/own`) ?? assert.fail('refused');
      own.write('one', 'first');
      own.write('one', 'second');
      assert.deepEqual([own.read('one'), own.names()], ['second', ['one']]);
      own.write('two', 'other');
      own.rename('one', 'two');
      assert.deepEqual([own.read('two'), own.names()], ['second', ['two']]);
      assert.equal(
        codeOf(() => own.read('one')),
        'ENOENT',
      );
      own.remove('two');
      own.remove('two');
      assert.deepEqual(own.names(), []);
      tree.remove(`${root}/own`);
      assert.equal(
        codeOf(() => own.write('one', 'x')),
        'ENOENT',
      );
    },
  ],

  [
    'a folder and a file whose names are not ASCII are found again, replaced and removed as every other',
    (under) => {
      const { files, root } = under;
      const path = `${root}/Zustände`;
      const own = files.ownFolder(path) ?? assert.fail('refused');
      own.write('größe', 'first');
      own.write('größe', 'second');
      const again = files.ownFolder(path) ?? assert.fail('refused');
      assert.deepEqual([again.read('größe'), again.names()], ['second', ['größe']]);
      own.write('漢字', 'third');
      own.rename('漢字', 'größe');
      assert.deepEqual([own.read('größe'), own.names()], ['third', ['größe']]);
      own.remove('größe');
      assert.deepEqual(own.names(), []);
    },
  ],
];

export function ownFolderContract(system: string, make: MakeFiles): void {
  hold(`${system}, own folders`, OWN_FOLDERS, make);
}
