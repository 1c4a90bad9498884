// SPDX-License-Identifier: Apache-2.0
export type { ClamdDependencies } from './dependencies.ts';
export { serveClamd } from './server.ts';
