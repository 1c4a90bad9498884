// SPDX-License-Identifier: Apache-2.0
// Writes the rows about the contents of vaults, for every feature that learns of them. `quarantine/` reads them for people.
export {
  addHeldEntry,
  endEntry,
  followVaultList,
  noteOrderOfEntry,
} from './quarantine-records.ts';
