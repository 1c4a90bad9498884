// SPDX-License-Identifier: Apache-2.0
export * from './ceiling.ts';
export * from './protected-places.ts';
