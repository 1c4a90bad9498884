// SPDX-License-Identifier: Apache-2.0
export * from './calm-zone.ts';
export * from './manual-clock.ts';
export * from './ports.ts';
export * from './private-mounts.ts';
export * from './release-vectors.ts';
export * from './seed.ts';
export * from './temporary.ts';
export * from './until.ts';
export * from './within-once.ts';
export * from './samples/index.ts';
