// SPDX-License-Identifier: Apache-2.0
export { readCeiling, writeCeiling } from './ceiling-file.ts';
export { ceilingFile, openLocalCeiling, type CeilingView, type LocalCeiling } from './local-ceiling.ts';
