// SPDX-License-Identifier: Apache-2.0
export { registerVmRoutes } from './routes.ts';
export { protectionOf, protectionWhy } from './protection.ts';
export { countStates } from './query.ts';
export { vmsWithPolicy } from './query.ts';
