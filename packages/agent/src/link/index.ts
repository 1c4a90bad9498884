// SPDX-License-Identifier: Apache-2.0
export { activateIdentity } from './identity/activate-identity.ts';
export { identityStore } from './identity/identity.ts';
export { openLink } from './link.ts';
export { readClockSynchronised, readDisk } from '@lazaret/host';
export { downloadRelease } from './release-download.ts';
export type { Link, LinkTools, LocalReport } from './types.ts';
