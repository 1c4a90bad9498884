// SPDX-License-Identifier: Apache-2.0
export { registerQuarantineRoutes } from './routes.ts';
