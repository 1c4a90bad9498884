// SPDX-License-Identifier: Apache-2.0
export { memoryHost, type MemoryHost } from './memory-host.ts';
export type { MemoryTree } from './memory-tree.ts';
