// SPDX-License-Identifier: Apache-2.0

/** The version of all programs of this checkout. tools/rules/version.test.ts holds every package.json to it. */
export const PRODUCT_VERSION = '0.1.0';
