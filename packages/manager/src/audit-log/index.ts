// SPDX-License-Identifier: Apache-2.0
// Reads the audit log. Writing it is in `audit/`, which every feature may use.
export { registerAuditRoutes } from './routes.ts';
