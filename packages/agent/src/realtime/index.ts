// SPDX-License-Identifier: Apache-2.0
export { openRealtime } from './realtime.ts';
export type * from './types.ts';
