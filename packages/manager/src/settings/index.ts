// SPDX-License-Identifier: Apache-2.0
export { registerSettingsRoutes } from './routes.ts';
export { type ContactTopic, readRecipients, readWebhookSecret, writeSetting } from './tenant-settings.ts';
