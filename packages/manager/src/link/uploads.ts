// SPDX-License-Identifier: Apache-2.0
// A quarantined file that an agent uploads because a person asked for it (AC-8g). It is stored in the database, where every manager finds it, in parts and
// sealed, so neither a dump nor another product's scan of the disk contains an infected file. It is deleted after a day.
import type { Readable } from 'node:stream';
import { LINK_LIMITS } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { Database, TenantTransaction } from '../database/index.ts';
import type { Sealer } from '../sealing/index.ts';

export interface UploadParts {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly nowMs: () => number;
}

const PART_BYTES = 1024 * 1024;
const KEPT_MS = 86_400_000;
const purposeOf = (commandId: string, part: number): string => `upload ${commandId} ${part}`;

/** Takes the bytes of `content` for a command of this VM. One that comes again replaces what came before. */
export async function storeUpload(
  { database, sealer, nowMs }: UploadParts,
  { tenantId, vmId, commandId }: { readonly tenantId: string; readonly vmId: string; readonly commandId: string },
  content: Readable,
): Promise<number> {
  await database.asTenant(tenantId, async (tx) => {
    await requireFetch(tx, vmId, commandId);
    await tx.deleteFrom('upload_parts').where('command_id', '=', commandId).execute();
  });
  let part = 0;
  let bytes = 0;
  const store = async (chunk: Buffer): Promise<void> => {
    const sealed = sealer.seal(chunk, purposeOf(commandId, part));
    const row = { tenant_id: tenantId, command_id: commandId, part: part++, sealed, received_at: new Date(nowMs()) };
    await database.asTenant(tenantId, (tx) => tx.insertInto('upload_parts').values(row).execute());
  };
  for await (const chunk of inParts(content)) {
    bytes += chunk.length;
    if (bytes > LINK_LIMITS.uploadBytesMax) throw new LazaretError('link.upload_too_large', 'The file is too large.');
    await store(chunk);
  }
  return bytes;
}

/** The file of a fetch command as it came, or nothing where it is gone. */
export async function* readUpload(
  { database, sealer }: Pick<UploadParts, 'database' | 'sealer'>,
  tenantId: string,
  commandId: string,
): AsyncGenerator<Buffer> {
  for (let part = 0; ; part++) {
    const row = await database.asTenant(tenantId, (tx) =>
      tx
        .selectFrom('upload_parts')
        .select('sealed')
        .where('command_id', '=', commandId)
        .where('part', '=', part)
        .executeTakeFirst(),
    );
    if (row === undefined) return;
    yield sealer.open(row.sealed, purposeOf(commandId, part));
  }
}

export async function dropOldUploads(tx: TenantTransaction, now: Date): Promise<void> {
  await tx
    .deleteFrom('upload_parts')
    .where('received_at', '<', new Date(now.getTime() - KEPT_MS))
    .execute();
}

async function requireFetch(tx: TenantTransaction, vmId: string, commandId: string): Promise<void> {
  const command = await tx
    .selectFrom('commands')
    .select('state')
    .where('id', '=', commandId)
    .where('vm_id', '=', vmId)
    .where('kind', '=', 'quarantine-fetch')
    .executeTakeFirst();
  if (command?.state !== 'sent') throw new LazaretError('link.not_found', 'The manager did not ask for this file.');
}

async function* inParts(content: Readable): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    held.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes < PART_BYTES) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}
