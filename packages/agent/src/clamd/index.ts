// SPDX-License-Identifier: Apache-2.0
export { serveClamd, type ClamdDependencies } from './server.ts';
