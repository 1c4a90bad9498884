// SPDX-License-Identifier: Apache-2.0
export * from './database.ts';
export * from './private-place.ts';
export * from './runs.ts';
