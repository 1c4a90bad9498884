// SPDX-License-Identifier: Apache-2.0
import {
  namesContract,
  openFileContract,
  ownFolderContract,
  scanContract,
  scanMountsContract,
  socketsContract,
  type FilesUnderTest,
  type SocketsUnderTest,
} from '../contract/index.ts';
import { memoryHost } from './index.ts';

function makeFiles(): FilesUnderTest {
  const { files, tree } = memoryHost();
  tree.makeFolder('/test');
  return { files, tree, root: '/test' };
}

function makeSockets(): SocketsUnderTest {
  const { sockets, files, tree } = memoryHost();
  const folder = files.openFolder(Buffer.from('/'));
  const name = Buffer.from('passed');
  return {
    sockets,
    path: '/run/socket',
    self: { pid: 1, uid: 0, gid: 0 },
    halfEnded: (path, word) => {
      const said = Promise.withResolvers<string>();
      const stranger = sockets.connectStranger(path, 'stream', {
        onMessage: (bytes) => said.resolve(bytes.toString()),
        onEnd: () => {},
      });
      void stranger.link.send(Buffer.from(word)).then(() => stranger.halfClose());
      return { answer: () => said.promise, close: () => stranger.link.close() };
    },
    openFile: (content) => {
      tree.write('/passed', content);
      return folder.openFile(name).descriptor;
    },
    readDescriptor: (descriptor) => tree.readDescriptor(descriptor),
    close: (descriptor) => files.adopt(descriptor).close(),
    openings: () => tree.openings(),
  };
}

namesContract('memory', makeFiles);
openFileContract('memory', makeFiles);
scanContract('memory', makeFiles);
scanMountsContract('memory', () => {
  const { files, tree } = memoryHost();
  tree.makeFolder('/test');
  return { files, tree, root: '/test', mount: (path, type) => tree.mount(path, type) };
});
ownFolderContract('memory', makeFiles);
socketsContract('memory', makeSockets);
