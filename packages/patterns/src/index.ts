// SPDX-License-Identifier: Apache-2.0
// What a pattern release is and why it may be trusted. Pure: bytes, names and answers are handed in.
export * from './format/manifest.ts';
export * from './format/pattern-files.ts';
export * from './identity/content-hash.ts';
export * from './identity/release-identity.ts';
