// SPDX-License-Identifier: Apache-2.0
export { registerGroupRoutes } from './routes.ts';
