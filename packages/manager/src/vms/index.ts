// SPDX-License-Identifier: Apache-2.0
export { registerVmRoutes } from './routes.ts';
export {
  addVm,
  claimToKnock,
  keepHolder,
  keepReport,
  keepVaultHash,
  markRetired,
  markStopped,
} from './vm-records.ts';
export { protectionOf, protectionWhy } from './protection.ts';
export { countStates } from './query.ts';
export { vmsWithPolicy } from './query.ts';
