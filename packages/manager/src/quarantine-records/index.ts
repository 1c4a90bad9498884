// SPDX-License-Identifier: Apache-2.0
// Writing the rows of what vaults hold, for whoever hears of it; reading them for people is `quarantine/`.
export {
  addHeldEntry,
  endEntry,
  followVaultList,
  noteOrderOfEntry,
} from './quarantine-records.ts';
