// SPDX-License-Identifier: Apache-2.0
export { identityStore } from './identity.ts';
export { openLink, type Link, type LinkTools, type LocalReport } from './link.ts';
export { readClockSynchronised, readDisk } from './machine-facts.ts';
export { downloadRelease } from './release-download.ts';
