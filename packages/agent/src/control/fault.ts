// SPDX-License-Identifier: Apache-2.0
import { LazaretError } from '@lazaret/core';
import type { ControlFault } from './protocol.ts';

/** What may be told of an error: its code and sentence, never a stack. */
export function toFault(error: unknown): ControlFault {
  if (error instanceof LazaretError) {
    return error.where === null
      ? { code: error.code, message: error.message }
      : { code: error.code, message: error.message, path: error.where };
  }
  return { code: 'agent.internal', message: error instanceof Error ? error.message : String(error) };
}
