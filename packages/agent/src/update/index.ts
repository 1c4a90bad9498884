// SPDX-License-Identifier: Apache-2.0
export { lookOf } from './default-sources.ts';
export { listPatternDirectory } from './pattern-directory.ts';
export * from './release-loader.ts';
export * from './release-store.ts';
export * from './release-tables.ts';
export { readablePatterns } from './readable-patterns.ts';
export { orWriteFault } from './write-fault.ts';
