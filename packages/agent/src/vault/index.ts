// SPDX-License-Identifier: Apache-2.0
export type { VaultUsage } from './capacity.ts';
export type { HeldState, VaultItem } from './entry-store.ts';
export { noFaults, type Reach, VAULT_POINTS } from './fault-points.ts';
export type { ContentDigest } from './content-hash.ts';
export { digestFile, hashFile } from './file-io.ts';
export { readFileFacts } from './inode-facts.ts';
export { pathOf } from './metadata.ts';
export { showPath, splitPath } from './path-bytes.ts';
export { ensurePrivateDirectory } from './private-directory.ts';
export { SourceChanged, type TakenFile, Vault } from './vault.ts';
