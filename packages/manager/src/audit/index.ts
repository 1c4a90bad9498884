// SPDX-License-Identifier: Apache-2.0
export { type Actor, audit, type AuditEntry, SYSTEM_ACTOR } from './audit.ts';
