// SPDX-License-Identifier: Apache-2.0
export * from './common.ts';
export * from './rights.ts';
