// SPDX-License-Identifier: Apache-2.0
export { ACTION_POINTS } from './fault-points.ts';
export { Journal } from './journal.ts';
export { type ActionContext, type ActionOutcome, type ActionStep, performAction } from './perform-action.ts';
export { type Recovery, recoverActions } from './recover.ts';
export type { ScannedFile } from './scanned-file.ts';
