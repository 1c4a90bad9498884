// SPDX-License-Identifier: Apache-2.0
// An answer of the manager's API that refuses, with every fault of what was sent.
import { LazaretError } from '@lazaret/core';
import type { ErrorEnvelope } from '@lazaret/contract';

type Refusal = ErrorEnvelope['error'];

export class RefusedByManager extends LazaretError {
  readonly faults: NonNullable<Refusal['faults']>;

  constructor({ code, message, faults = [] }: Refusal, where: string) {
    super(code, message, { where });
    this.faults = faults;
  }
}
