// SPDX-License-Identifier: Apache-2.0
export type { ActionCode, ActionError } from './codes.ts';
export { ACTION_POINTS, type ActionPoint } from './fault-points.ts';
export { Journal } from './journal.ts';
export {
  type ActionContext,
  type ActionOutcome,
  type ActionRequest,
  type ActionStep,
  performAction,
  type StepResult,
} from './perform-action.ts';
export { type Recovery, recoverActions } from './recover.ts';
export type { ScannedFile, ScannedThreat } from './scanned-file.ts';
