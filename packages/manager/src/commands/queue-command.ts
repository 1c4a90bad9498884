// SPDX-License-Identifier: Apache-2.0
// Commands to agents. Each row is one command. Inserting the row wakes the agent's long poll, whichever manager holds it (a trigger of the table does this).
import { type CommandBody, COMMAND_HOURS, type Precondition } from '@lazaret/contract';
import type { TenantTransaction } from '../database/index.ts';

export interface NewCommand {
  readonly tenantId: string;
  readonly id: string;
  readonly vmId: string;
  readonly body: CommandBody;
  readonly now: Date;
  /** Name of who asked; null: the manager itself. */
  readonly createdBy: string | null;
  /** What it is about beside the VM: a scan, an entry of the vault. */
  readonly subject?: string;
  readonly precondition?: Partial<Precondition>;
  readonly expiresAt?: Date;
  /** What comes of it is for this session alone. */
  readonly sessionHash?: Buffer | null;
}

export async function queueCommand(tx: TenantTransaction, command: NewCommand): Promise<void> {
  const { tenantId, id, vmId, body, now, createdBy, subject, precondition } = command;
  const expiresAt = command.expiresAt ?? new Date(now.getTime() + COMMAND_HOURS * 3_600_000);
  await tx
    .insertInto('commands')
    .values({
      tenant_id: tenantId,
      id,
      vm_id: vmId,
      kind: kindOf(body),
      subject: subject ?? null,
      body: JSON.stringify(body),
      precondition: JSON.stringify({ policyHash: null, entrySha256: null, ...precondition }),
      state: 'queued',
      created_at: now,
      created_by: createdBy,
      session_hash: command.sessionHash ?? null,
      sent_at: null,
      ended_at: null,
      expires_at: expiresAt,
      error_code: null,
      error_message: null,
      result: null,
    })
    .execute();
}

/** As the API names it (contract/rest/commands.ts). */
function kindOf(body: CommandBody): string {
  return body.kind === 'scan-control' ? `scan-${body.verb}` : body.kind;
}
