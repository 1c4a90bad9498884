// SPDX-License-Identifier: Apache-2.0
export * from './clock.ts';
export * from './crowd.ts';
export * from './peer-place.ts';
export * from './product-paths.ts';
export * from './shares.ts';
export * from './spare-memory.ts';
export * from './write-file-atomic.ts';
export * from './linux/private-directory.ts';
export * from './linux/process-identity.ts';
export { ownerAmong, ownerOfUser, parseSubordinates } from './linux/user-owner.ts';
