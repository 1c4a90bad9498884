// SPDX-License-Identifier: Apache-2.0
export * from './audit/index.ts';
export * from './auth/index.ts';
export * from './command.ts';
export { failureForPeople, findExpected } from './command-failure.ts';
export * from './commands/index.ts';
export * from './database/index.ts';
export * from './enrolment/index.ts';
export * from './features.ts';
export * from './ingest/index.ts';
export * from './link/index.ts';
export * from './manager.ts';
export * from './policies/index.ts';
export * from './provider-settings/index.ts';
export * from './sealing/index.ts';
export * from './server/index.ts';
export * from './settings/index.ts';
export { describeApi } from './describe-api.ts';
