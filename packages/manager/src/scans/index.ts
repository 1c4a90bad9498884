// SPDX-License-Identifier: Apache-2.0
export { registerScanRoutes } from './routes.ts';
