// SPDX-License-Identifier: Apache-2.0
export type * from './action.ts';
export * from './action-check.ts';
export * from './error.ts';
export * from './exceptions/check.ts';
export * from './fault.ts';
export * from './json-pointer.ts';
export * from './limits.ts';
export * from './path-text.ts';
export * from './paths.ts';
export type * from './policy.ts';
export * from './policy-defaults.ts';
export * from './schedule/check.ts';
export * from './schedule/time-of-day.ts';
export type * from './schedule/types.ts';
export * from './targets/check.ts';
export * from './temporal.ts';
export type * from './verdict.ts';
