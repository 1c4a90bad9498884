// SPDX-License-Identifier: Apache-2.0
// Reading the audit; writing it is `audit/`, which everything may use.
export { registerAuditRoutes } from './routes.ts';
