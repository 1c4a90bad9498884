// SPDX-License-Identifier: Apache-2.0
export { registerProviderSettingsRoutes } from './routes.ts';
export { readProviderSettings, readSmtp, type Smtp } from './settings.ts';
