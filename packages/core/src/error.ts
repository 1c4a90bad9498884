// SPDX-License-Identifier: Apache-2.0
// The one error that a person may see: a code of the catalogue (contract/error-codes.ts), what, where, and what to do.

export interface ErrorPlace {
  /** Where: a JSON pointer, a file, a flag. */
  readonly where?: string | undefined;
  readonly cause?: unknown;
}

export class LazaretError extends Error {
  readonly code: string;
  readonly where: string | null;

  constructor(code: string, message: string, place: ErrorPlace = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    this.name = 'LazaretError';
    this.code = code;
    this.where = place.where ?? null;
  }
}
