// SPDX-License-Identifier: Apache-2.0
export * from './scheduler.ts';
export type { DutyRule } from './look.ts';
