// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createConnection } from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  namesContract,
  openFileContract,
  ownFolderContract,
  scanContract,
  scanMountsContract,
  socketsContract,
  type FilesUnderTest,
  type SocketsUnderTest,
  type Tree,
} from '../contract/index.ts';
import { LINUX_HOST } from './linux-host.ts';

function temporary(context: TestContext): string {
  // A caller without rights must come to it.
  const root = fs.realpathSync(fs.mkdtempSync(join(os.tmpdir(), 'lazaret-contract-')));
  fs.chmodSync(root, 0o755);
  context.after(() => fs.rmSync(root, { recursive: true, force: true }));
  return root;
}

const TREE: Tree = {
  makeFolder: (path, mode = 0o755) => {
    fs.mkdirSync(path);
    fs.chmodSync(path, mode);
  },
  write: (path, content) => {
    fs.writeFileSync(path, content);
  },
  read: (path) => fs.readFileSync(path),
  names: (path) => fs.readdirSync(path).toSorted(),
  rename: fs.renameSync,
  link: fs.linkSync,
  symlink: fs.symlinkSync,
  makeSpecial: (path) => void execFileSync('mkfifo', [path]),
  remove: (path) => fs.rmSync(path, { recursive: true }),
  setMode: fs.chmodSync,
  setOwner: fs.chownSync,
  openToWrite: (path) => {
    const descriptor = fs.openSync(path, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
    return { close: () => fs.closeSync(descriptor) };
  },
  openings: () => fs.readdirSync('/proc/self/fd').length,
};

function makeFiles(context: TestContext): FilesUnderTest {
  return { files: LINUX_HOST.files, tree: TREE, root: temporary(context) };
}

function makeSockets(context: TestContext): SocketsUnderTest {
  const root = temporary(context);
  return {
    sockets: LINUX_HOST.sockets,
    path: join(root, 'socket'),
    self: { pid: process.pid, uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 },
    halfEnded: (path, word) => {
      const client = createConnection({ path, allowHalfOpen: true });
      context.after(() => client.destroy());
      client.end(word);
      return { answer: async () => String((await once(client, 'data'))[0]), close: () => client.destroy() };
    },
    openFile: (content) => {
      fs.writeFileSync(join(root, 'passed'), content);
      return fs.openSync(join(root, 'passed'), 'r');
    },
    readDescriptor: (descriptor) => {
      const bytes = Buffer.alloc(100);
      return bytes.toString('utf8', 0, fs.readSync(descriptor, bytes, 0, bytes.length, 0));
    },
    close: fs.closeSync,
    openings: () => TREE.openings(),
  };
}

/** Runs this file once more, with the folder that it may mount in: in a mount namespace of its own, whose mounts end with it. */
function holdMountsApart(context: TestContext): void {
  const apart = ['-m', '--propagation', 'private', process.execPath, '--test-reporter=tap'];
  const env = { ...process.env };
  delete env['NODE_TEST_CONTEXT'];
  const argv = [...apart, import.meta.filename, temporary(context)];
  const { status, stdout, stderr } = spawnSync('unshare', argv, { encoding: 'utf8', env });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /^# pass [1-9]/m);
}

const [, , mountRoot] = process.argv;
if (mountRoot === undefined) {
  namesContract('Linux', makeFiles);
  openFileContract('Linux', makeFiles);
  scanContract('Linux', makeFiles);
  ownFolderContract('Linux', makeFiles);
  socketsContract('Linux', makeSockets);
  test('Linux, mounts of a scan: the contract holds in a mount namespace of its own', holdMountsApart);
} else {
  scanMountsContract('Linux', () => ({
    files: LINUX_HOST.files,
    tree: TREE,
    root: fs.mkdtempSync(join(mountRoot, 'case-')),
    mount: (path, type) => void execFileSync('sh', ['-c', 'mount -t "$0" none "$1"', type, path]),
  }));
}
