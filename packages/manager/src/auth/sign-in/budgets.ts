// SPDX-License-Identifier: Apache-2.0
// Limits the number of failed sign-ins. A browser from which the account was signed in before has a budget of its own, so that strangers who guess lock out
// only strangers. Failures are counted by the name that was typed, whether such an account exists or not, because the answer must not tell the two apart. Pure.

/** Of one address, or of one known device, at one account. */
export const FAILURES_MAX = 10;
/** Of all strangers together, wherever they call from, at one account: a day of guessing is under ten thousand. */
export const STRANGERS_FAILURES_MAX = 100;

export interface Budget {
  readonly key: string;
  readonly max: number;
}

/** `device`: of a browser that is known for this very account. */
export function budgetsOf(email: string, address: string, device: Buffer | null): readonly Budget[] {
  const account = email.trim().toLowerCase();
  if (device !== null) return [{ key: `device ${device.toString('hex')} ${account}`, max: FAILURES_MAX }];
  return [
    { key: `address ${address} ${account}`, max: FAILURES_MAX },
    { key: `strangers ${account}`, max: STRANGERS_FAILURES_MAX },
  ];
}

/** A code has a million values: who has the password gets few tries at it, from wherever. */
export function codeBudgetsOf(userId: string, device: Buffer | null): readonly Budget[] {
  return [{ key: `code ${userId} ${device?.toString('hex') ?? ''}`, max: FAILURES_MAX }];
}

/** Of who is signed in and is asked again. */
export function sessionBudgetsOf(userId: string): readonly Budget[] {
  return [{ key: `session ${userId}`, max: FAILURES_MAX }];
}
