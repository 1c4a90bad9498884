// SPDX-License-Identifier: Apache-2.0
export * from './kept-policy.ts';
export * from './policy-file.ts';
export { parsePolicyText } from './policy-text.ts';
