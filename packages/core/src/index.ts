// SPDX-License-Identifier: Apache-2.0
export type * from './action.ts';
export * from './error.ts';
export type * from './policy.ts';
export type * from './schedule/types.ts';
export type * from './verdict.ts';
