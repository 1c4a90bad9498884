// SPDX-License-Identifier: Apache-2.0
export { registerVmRoutes } from './routes.ts';
export { protectionWhy } from './protection-why.ts';
export { countStates } from './query.ts';
export { vmsWithPolicy } from './query.ts';
