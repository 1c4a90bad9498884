// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createConnection } from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  namesContract,
  openFileContract,
  ownFolderContract,
  scanContract,
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
  };
}

namesContract('Linux', makeFiles);
openFileContract('Linux', makeFiles);
scanContract('Linux', makeFiles);
ownFolderContract('Linux', makeFiles);
socketsContract('Linux', makeSockets);
