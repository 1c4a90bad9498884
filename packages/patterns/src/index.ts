// SPDX-License-Identifier: Apache-2.0
// What a pattern release is and why it may be trusted. Pure: bytes, names and answers are handed in.
export { badFilesOf, isOfFiles } from './acceptance/bad-files.ts';
export * from './acceptance/contents.ts';
export * from './acceptance/loading.ts';
export * from './acceptance/offered.ts';
export * from './acceptance/order.ts';
export * from './download/arriving-file.ts';
export * from './download/plan.ts';
export * from './format/manifest.ts';
export * from './format/pattern-files.ts';
export * from './format/tables.ts';
export * from './identity/content-hash.ts';
export * from './identity/release-identity.ts';
export * from './sources/default-sources.ts';
export * from './sources/offers.ts';
export * from './sources/own-signatures.ts';
export * from './sources/starter-only.ts';
