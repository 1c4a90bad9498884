// SPDX-License-Identifier: Apache-2.0
export * from './alarms.ts';
export * from './auth.ts';
export * from './commands.ts';
export * from './common.ts';
export * from './console-page.ts';
export * from './detections.ts';
export * from './enrolment.ts';
export * from './explain.ts';
export * from './overview.ts';
export * from './patterns.ts';
export * from './policies.ts';
export * from './quarantine.ts';
export * from './rights.ts';
export * from './scans.ts';
export * from './settings.ts';
export * from './values.ts';
export * from './vms.ts';
