// SPDX-License-Identifier: Apache-2.0
export { readInstallationValue, removeInstallationValue, writeInstallationValue } from './values.ts';
