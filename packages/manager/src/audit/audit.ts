// SPDX-License-Identifier: Apache-2.0
// The audit log (MG-2d): who changed what. Each entry is one row, written in the transaction of the change, in the audit log of the tenant that it concerns.
// Nobody can change it: the application's role may add and read rows only.
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { type AuditAction, type AuditSubject, uuidV7 } from '@lazaret/contract';
import type { AnyTransaction } from '../database/index.ts';

/** Who acts. `system`: the manager by itself, as when a retention ends. */
export interface Actor {
  readonly kind: 'user' | 'provider' | 'token' | 'agent' | 'system';
  readonly id: string;
  readonly name: string;
}

export const SYSTEM_ACTOR: Actor = { kind: 'system', id: 'manager', name: 'manager' };
/** Who may run the manager's own commands on its machine. No account of ours tells which person that is. */
export const ROOT_ACTOR: Actor = { kind: 'system', id: 'root', name: 'root' };

export interface AuditEntry {
  readonly actor: Actor;
  readonly action: AuditAction;
  /** `policy:<id>`: what it was done to. */
  readonly subject: AuditSubject;
  /** Absent where there was, or is, nothing. Never secrets. */
  readonly before?: object | null;
  readonly after?: object | null;
}

/** Writes into the audit of the transaction's tenant (`asTenant`, or `auditOf` of `asIdentity`). */
export async function audit(tx: AnyTransaction, { actor, action, subject, before, after }: AuditEntry): Promise<void> {
  await sql`insert into lazaret.audit (tenant_id, id, actor_kind, actor_id, actor_name, action, subject, before, after)
    values (current_setting('lazaret.tenant')::uuid, ${uuidV7(Date.now(), randomBytes(10))}, ${actor.kind}, ${actor.id},
    ${actor.name}, ${action}, ${subject}, ${toJson(before)}::jsonb, ${toJson(after)}::jsonb)`.execute(tx);
}

/** The same into the audit of a named tenant. Only the role of identity may: to that of tenants, all but its own is closed. */
export async function auditIn(tx: AnyTransaction, tenantId: string, entry: AuditEntry): Promise<void> {
  await sql`select set_config('lazaret.tenant', ${tenantId}, true)`.execute(tx);
  await audit(tx, entry);
}

function toJson(value: object | null | undefined): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}
