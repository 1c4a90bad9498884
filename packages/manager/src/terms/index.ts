// SPDX-License-Identifier: Apache-2.0
export { registerTermsRoutes } from './routes.ts';
