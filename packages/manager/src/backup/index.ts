// SPDX-License-Identifier: Apache-2.0
export { backUp } from './back-up.ts';
export { restoreBackup } from './restore.ts';
