// SPDX-License-Identifier: Apache-2.0
// What every system must do alike. Each runs all of them in a test beside it.
export { namesContract } from './names-contract.ts';
export { openFileContract } from './open-file-contract.ts';
export { ownFolderContract } from './own-folder-contract.ts';
export { scanContract } from './scan-contract.ts';
export { scanMountsContract } from './scan-mounts-contract.ts';
export { socketsContract, type SocketsUnderTest } from './sockets-contract.ts';
export type { FilesUnderTest, Tree } from './tree.ts';
