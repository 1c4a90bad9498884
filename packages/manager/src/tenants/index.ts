// SPDX-License-Identifier: Apache-2.0
export { registerTenantRoutes } from './routes.ts';
export { addTenant } from './tenants.ts';
