// SPDX-License-Identifier: Apache-2.0
// When a VM is to have a new certificate (SY-10b): near the end of the one it shows, when the authority that signed it was replaced since, or when a copy of
// it was seen. Who may have it is decided in `clone.ts`. Pure.
import type { CallingVm } from '../caller.ts';

const DAY_MS = 86_400_000;
/** A third of a certificate's life: the agent has a month to be seen. */
const RENEW_BEFORE_MS = 30 * DAY_MS;

/** `authoritySince`: when the present authority began to sign. */
export function isRenewalDue(
  {
    isCopied,
    certificateNotAfter,
    certificateIssuedAt,
  }: Pick<CallingVm, 'isCopied' | 'certificateNotAfter' | 'certificateIssuedAt'>,
  authoritySince: Date,
  now: Date,
): boolean {
  return (
    isCopied ||
    certificateNotAfter.getTime() - now.getTime() < RENEW_BEFORE_MS ||
    certificateIssuedAt.getTime() < authoritySince.getTime()
  );
}
