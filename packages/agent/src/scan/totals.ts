// SPDX-License-Identifier: Apache-2.0
// What a run adds up. Pure; the cursor's checkpoint stores it, the summary row shows it.

export interface Totals {
  readonly files: number;
  readonly infected: number;
  readonly partly: number;
  readonly bytes: number;
  readonly coverage: { readonly lookedAt: number; readonly all: number };
  readonly unscanned: Readonly<Record<string, number>>;
  readonly excepted: number;
  readonly outOfScope: number;
  readonly actionsFailed: number;
}

export const NO_TOTALS: Totals = {
  files: 0,
  infected: 0,
  partly: 0,
  bytes: 0,
  coverage: { lookedAt: 0, all: 0 },
  unscanned: {},
  excepted: 0,
  outOfScope: 0,
  actionsFailed: 0,
};
