// SPDX-License-Identifier: Apache-2.0
export * from './documents.ts';
export * from './marker.ts';
export * from './rar5.ts';
export * from './tar.ts';
export * from './zip.ts';
export * from './packed.ts';
export * from './starter.ts';
