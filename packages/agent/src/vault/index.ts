// SPDX-License-Identifier: Apache-2.0
export { planRoom, type VaultLimits, type VaultUsage } from './capacity.ts';
export type { EntryState, VaultItem } from './entry-store.ts';
export { noFaults, type Reach, VAULT_POINTS, type VaultPoint } from './fault-points.ts';
export { hashFile } from './file-io.ts';
export { type EntryMetadata, pathOf } from './metadata.ts';
export { showPath, splitPath } from './path-bytes.ts';
export { ensurePrivateDirectory } from './private-directory.ts';
export type { RestoreOutcome } from './restore.ts';
export { type AddedEntry, SourceChanged, type TakenFile, Vault, type VaultOptions } from './vault.ts';
