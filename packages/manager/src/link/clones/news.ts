// SPDX-License-Identifier: Apache-2.0
// Decides whether a poll is answered at once, or only when its wait is over. Pure.
import type { CheckInAnswer, CheckInRequest } from '@lazaret/contract';

/** Something is wanted of the VM, or is another than it has. */
export function isNews(answer: CheckInAnswer, { have }: Pick<CheckInRequest, 'have'>): boolean {
  const { commands, trust, renew, clone, wantsVaultList, policyHash, state, takeNewInstance } = answer;
  if (commands.length > 0 || trust !== null || renew || clone || wantsVaultList || takeNewInstance) return true;
  return state === 'retired' || (policyHash !== null && policyHash !== have.policyHash);
}
