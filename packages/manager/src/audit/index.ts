// SPDX-License-Identifier: Apache-2.0
export { type Actor, audit, type AuditEntry, auditIn, ROOT_ACTOR, SYSTEM_ACTOR } from './audit.ts';
