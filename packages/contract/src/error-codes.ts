// SPDX-License-Identifier: Apache-2.0
// The catalogue of error codes: every failure that reaches a person or a program has one. docs/reference/error-codes.md is generated from here
// (`node tools/codegen/error-codes/main.ts`), and a test holds code, catalogue and document together. A code never changes its meaning.
// To add one: its entry in error-codes/<area>.ts, then generate the document.
import type { FaultCode } from '@lazaret/core';
import { ACTION_CODES } from './error-codes/actions.ts';
import { AGENT_CODES } from './error-codes/agent.ts';
import { ENGINE_CODES } from './error-codes/engine.ts';
import type { ErrorCodeEntry } from './error-codes/entry.ts';
import { MANAGER_CODES } from './error-codes/manager.ts';
import { LINK_CODES } from './error-codes/link.ts';
import { POLICY_CODES } from './error-codes/policy.ts';
import { REALTIME_CODES } from './error-codes/realtime.ts';
import { SCHEDULE_CODES } from './error-codes/schedules.ts';

export type { ErrorCodeEntry } from './error-codes/entry.ts';

export const ERROR_CODES = {
  ...ACTION_CODES,
  ...AGENT_CODES,
  ...ENGINE_CODES,
  ...MANAGER_CODES,
  ...LINK_CODES,
  ...POLICY_CODES,
  ...REALTIME_CODES,
  ...SCHEDULE_CODES,
  // What core finds must be here: this type is the proof.
} as const satisfies Record<FaultCode, ErrorCodeEntry> & Record<string, ErrorCodeEntry>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The entry of a code, or null: for programs that got a code from elsewhere. */
export function findErrorCode(code: string): ErrorCodeEntry | null {
  return Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code as ErrorCode] : null;
}
