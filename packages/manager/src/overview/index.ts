// SPDX-License-Identifier: Apache-2.0
export { registerOverviewRoutes } from './routes.ts';
