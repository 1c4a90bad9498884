// SPDX-License-Identifier: Apache-2.0
// What is open: it is closed once, stays what it was, and gives back what was written.
import assert from 'node:assert/strict';
import { bytes, codeOf, held, hold, type Case, type FilesUnderTest, type MakeFiles } from './tree.ts';

const ONE = bytes('one');

const OPEN_FILES: readonly Case<FilesUnderTest>[] = [
  [
    'a file is closed once; a second close does nothing, and all else is EBADF',
    async (under, context) => {
      const { files, tree, root } = under;
      tree.write(`${root}/one`, 'x');
      tree.write(`${root}/two`, 'other');
      const folder = held(context, files.openFolder(bytes(root)));
      const before = tree.openings();
      const file = folder.openFile(ONE);
      assert.deepEqual([file.isOpen, tree.openings()], [true, before + 1]);
      file.close();
      const other = held(context, folder.openFile(bytes('two')));
      file.close();
      file[Symbol.dispose]();
      assert.equal(other.describe().identity.size, 5, 'who was given the number next keeps it');
      assert.equal(file.isOpen, false);
      await assert.rejects(file.readAt(Buffer.alloc(1), 0), { code: 'EBADF' });
      for (const call of [() => file.descriptor, () => file.describe(), () => file.place(), () => file.takeLease()])
        assert.equal(codeOf(call), 'EBADF');
      const disposed = folder.openFile(ONE);
      assert.equal(disposed.isOpen, true);
      disposed[Symbol.dispose]();
      other.close();
      assert.equal(tree.openings(), before);
    },
  ],

  [
    'a file that lost its last name stays readable, and has none',
    async (under, context) => {
      const { files, tree, root } = under;
      tree.write(`${root}/one`, 'still here');
      const folder = held(context, files.openFolder(bytes(root)));
      const file = held(context, folder.openFile(ONE));
      tree.remove(`${root}/one`);
      const buffer = Buffer.alloc(20);
      assert.equal(await file.readAt(buffer, 0), 10);
      assert.equal(buffer.toString('utf8', 0, 10), 'still here');
      assert.equal(file.describe().identity.nlink, 0);
      assert.equal(
        codeOf(() => folder.describeName(ONE)),
        'ENOENT',
      );
      tree.write(`${root}/two`, 'another');
      const { inode } = folder.describeName(bytes('two')).identity;
      assert.notEqual(inode, file.describe().identity.inode, 'its number is not given again while it is open');
    },
  ],

  [
    'a file without a name vanishes unless it is linked, and then replaces nothing',
    async (under, context) => {
      const { files, tree, root } = under;
      tree.write(`${root}/two`, 'foreign');
      const folder = held(context, files.openFolder(bytes(root)));
      const lost = folder.createUnnamed(0o600);
      await lost.writeAt(bytes('lost'), 0);
      assert.equal(lost.describe().identity.nlink, 0);
      lost.close();
      assert.deepEqual(tree.names(root), ['two']);
      const kept = held(context, folder.createUnnamed(0o600));
      await kept.writeAt(bytes('kept'), 0);
      await kept.synchronize();
      assert.equal(
        codeOf(() => folder.link(kept, bytes('two'))),
        'EEXIST',
      );
      folder.link(kept, ONE);
      folder.synchronize();
      assert.deepEqual([tree.read(`${root}/one`).toString(), tree.read(`${root}/two`).toString()], ['kept', 'foreign']);
      assert.equal(folder.describeName(ONE).identity.mode & 0o7777, 0o600);
    },
  ],

  [
    'bytes come back from where they were written, and what is between is zeros and no data',
    async (under, context) => {
      const { files, root } = under;
      const folder = held(context, files.openFolder(bytes(root)));
      const file = held(context, folder.createFile(ONE, 0o600));
      const size = 1_048_576;
      await file.setSize(size);
      assert.deepEqual(file.dataRanges(0, size, 10), []);
      await file.writeAt(bytes('in the middle'), 500_000);
      await file.synchronize();
      const buffer = Buffer.alloc(20, 'x');
      assert.equal(await file.readAt(buffer, 499_998), 20);
      assert.equal(buffer.toString('latin1'), '\0\0in the middle\0\0\0\0\0');
      const hole = Buffer.alloc(20, 'x');
      await file.readAt(hole, 100_000);
      assert.deepEqual(hole, Buffer.alloc(20));
      assert.equal(await file.readAt(Buffer.alloc(20), size - 5), 5);
      assert.equal(await file.readAt(Buffer.alloc(20), size), 0);
      const ranges = file.dataRanges(0, size, 10);
      assert.ok(ranges.length === 1 && ranges.every(({ start, end }) => start <= 500_000 && end >= 500_013));
      assert.ok(file.allocatedBytes() < size / 2);
      assert.deepEqual(file.dataRanges(600_000, size, 10), []);
    },
  ],

  [
    'owner, mode, attributes and times are what they were set to, in the order that a restore has',
    async (under, context) => {
      const { files, root } = under;
      const folder = held(context, files.openFolder(bytes(root)));
      const file = held(context, folder.createFile(ONE, 0o600));
      await file.writeAt(bytes('x'), 0);
      file.writeOwner(1234, 4321);
      file.writeMode(0o4751);
      const value = Buffer.from([0, 255, 10]);
      file.writeAttribute(bytes('user.note'), value);
      file.writeTimes(-1_000_000_001n, 981_173_106_123_456_789n);
      const { identity } = folder.describeName(ONE);
      assert.deepEqual([identity.uid, identity.gid, identity.mode & 0o7777], [1234, 4321, 0o4751]);
      assert.deepEqual([identity.atimeNs, identity.mtimeNs], [-1_000_000_001n, 981_173_106_123_456_789n]);
      assert.deepEqual(file.readAttributes(), [{ name: bytes('user.note'), value }]);
      file.writeOwner(0, 0);
      assert.equal(file.describe().identity.mode & 0o6000, 0, 'a set-user-id bit goes with its owner');
      file.removeAttribute(bytes('user.note'));
      assert.deepEqual(file.readAttributes(), []);
      assert.equal(
        codeOf(() => file.removeAttribute(bytes('user.note'))),
        'ENODATA',
      );
    },
  ],

  [
    'a change of the content is seen in its times; a rename and a new name change that of the inode alone',
    async (under, context) => {
      const { files, tree, root } = under;
      tree.write(`${root}/one`, 'first');
      const folder = held(context, files.openFolder(bytes(root)));
      const file = held(context, folder.openFile(ONE));
      const before = file.describe().identity;
      await clockTick();
      folder.rename(ONE, { folder, name: bytes('two') });
      const moved = file.describe().identity;
      assert.equal(moved.mtimeNs, before.mtimeNs, 'a rename leaves the time of the content');
      assert.ok(moved.ctimeNs > before.ctimeNs, 'a rename changes the time of the inode');
      await clockTick();
      folder.link(file, bytes('three'));
      const linked = file.describe().identity;
      assert.equal(linked.nlink, 2);
      assert.equal(linked.mtimeNs, before.mtimeNs, 'a new name leaves the time of the content');
      assert.ok(linked.ctimeNs > moved.ctimeNs, 'a new name changes the time of the inode');
      await clockTick();
      tree.write(`${root}/two`, 'other');
      const changed = file.describe().identity;
      assert.ok(changed.mtimeNs > before.mtimeNs, 'a write changes the time of the content');
      assert.ok(changed.ctimeNs > linked.ctimeNs, 'a write changes the time of the inode');
    },
  ],

  [
    'a file with an attribute that protects it keeps its names and its content',
    (under, context) => {
      const { files, tree, root } = under;
      const folder = held(context, files.openFolder(bytes(root)));
      const IMMUTABLE = 0x10;
      const file = held(context, folder.createFile(ONE, 0o600));
      try {
        file.writeInodeFlags(file.readInodeFlags() | IMMUTABLE);
      } catch (error) {
        // tmpfs of an older kernel has none.
        return context.skip(String(error));
      }
      try {
        assert.deepEqual(file.protection(), { immutable: true, appendOnly: false });
        const refused = [
          () => folder.unlink(ONE),
          () => folder.rename(ONE, { folder, name: bytes('two') }),
          () => folder.link(file, bytes('two')),
          () => file.writeMode(0o644),
        ].map(codeOf);
        assert.deepEqual(refused, ['EPERM', 'EPERM', 'EPERM', 'EPERM']);
      } finally {
        file.writeInodeFlags(file.readInodeFlags() & ~IMMUTABLE);
      }
      folder.unlink(ONE);
      assert.deepEqual(tree.names(root), []);
    },
  ],

  [
    'a lease is given while nobody writes, and is lost as soon as somebody wants to',
    (under, context) => {
      const { files, tree, root } = under;
      tree.write(`${root}/one`, 'x');
      const folder = held(context, files.openFolder(bytes(root)));
      const file = held(context, folder.openFile(ONE));
      const writer = tree.openToWrite(`${root}/one`);
      assert.deepEqual([file.takeLease(), file.leaseHeld()], [false, false]);
      writer.close();
      assert.deepEqual([file.takeLease(), file.leaseHeld()], [true, true]);
      assert.equal(
        codeOf(() => tree.openToWrite(`${root}/one`)),
        'EAGAIN',
      );
      assert.equal(file.leaseHeld(), false);
      file.dropLease();
      tree.openToWrite(`${root}/one`).close();
    },
  ],

  [
    'a file by its descriptor is the same object, and is closed with the descriptor',
    (under, context) => {
      const { files, tree, root } = under;
      tree.write(`${root}/one`, 'x');
      const folder = held(context, files.openFolder(bytes(root)));
      const before = tree.openings();
      const given = folder.openFile(ONE);
      const { object } = given.describe();
      const adopted = files.adopt(given.descriptor);
      assert.equal(adopted.describe().object, object);
      adopted.close();
      assert.equal(tree.openings(), before);
    },
  ],
];

/** Longer than the clock of a file system takes to go on. */
async function clockTick(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
}

export function openFileContract(system: string, make: MakeFiles): void {
  hold(`${system}, open files`, OPEN_FILES, make);
}
