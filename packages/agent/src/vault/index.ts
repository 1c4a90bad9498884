// SPDX-License-Identifier: Apache-2.0
export type { VaultUsage } from './entries/capacity.ts';
export type { HeldState, VaultItem } from './entries/entry-store.ts';
export { noFaults, type Reach, VAULT_POINTS } from './fault-points.ts';
export type { ContentDigest } from './entries/content-hash.ts';
export { digestFile, hashFile } from './entries/file-io.ts';
export { readFileFacts } from './restore/inode-facts.ts';
export { pathOf } from './format/metadata.ts';
export { showPath, splitPath } from './format/path-bytes.ts';
export { ensurePrivateDirectory } from './private-directory.ts';
export type { VaultHost } from './vault-host.ts';
export { SourceChanged, type TakenFile, Vault } from './vault.ts';
