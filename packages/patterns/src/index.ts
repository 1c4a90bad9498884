// SPDX-License-Identifier: Apache-2.0
export * from './manifest.ts';
export * from './pattern-files.ts';
