// SPDX-License-Identifier: Apache-2.0
export type * from './engine.ts';
export { startEngine } from './start-engine.ts';
