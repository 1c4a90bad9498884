// SPDX-License-Identifier: Apache-2.0
export * from './documents.ts';
export * from './marker.ts';
export * from './rar5.ts';
export * from './tar.ts';
export * from './zip.ts';
export * from './packed.ts';
export * from './starter.ts';
export * from './rar4.ts';
export * from './lha.ts';
export * from './arj.ts';
export * from './cab.ts';
export * from './xar.ts';
export * from './unix-archives.ts';
export * from './odd-zips.ts';
