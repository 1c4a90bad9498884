// SPDX-License-Identifier: Apache-2.0
// Stores a batch of an agent's spool exactly once. The last sequence of its epoch moves in the same transaction, so a batch that arrives twice, late or after a
// crash changes nothing twice. It owns `event_positions`, `events` and `detections`, and tells other features by hooks.
import { randomUUID } from 'node:crypto';
import { eventEnvelopeSchema, eventSchema, type AgentEvent } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { sql } from 'kysely';
import { notifyLive, type TenantTransaction } from '../database/index.ts';
import type { IngestContext, IngestHooks } from './context.ts';
import { detectionColumns } from './detection-columns.ts';
import { followQuarantine } from './follow-quarantine.ts';
import { followScan } from './follow-scan.ts';
import { storable } from './storable.ts';

export interface Batch {
  readonly epoch: string;
  /** It holds all that the agent has behind this sequence. */
  readonly after: number;
  /** Lines as they came, parsed as JSON where they could be. */
  readonly lines: readonly unknown[];
}

export interface BatchApplied {
  readonly acknowledged: number;
  readonly malformed: number;
}

/** Throws `link.out_of_order` for a batch that does not go on where the last one ended: `acknowledged` of `lastSequence` says where. */
export async function applyBatch(
  context: IngestContext,
  batch: Batch,
  hooks: readonly IngestHooks[],
): Promise<BatchApplied> {
  const last = await lockPosition(context, batch.epoch);
  if (batch.after !== last)
    throw new LazaretError(
      'link.out_of_order',
      `The batch begins after event ${batch.after}, but the manager has events only up to ${last}.`,
    );
  const { events, malformed, sequence } = readLines(batch, last);
  await context.tx.executeQuery(sql`select lazaret.ensure_month(${context.now})`.compile(context.tx));
  await storeEvents(context, events, malformed);
  for (const event of events) await followEvent(context, event, hooks);
  if (sequence > last) await movePosition(context, batch.epoch, sequence);
  return { acknowledged: sequence, malformed: malformed.length };
}

/** The last stored sequence of an epoch; 0 before the first. */
export async function lastSequence(tx: TenantTransaction, vmId: string, epoch: string): Promise<number> {
  const row = await tx
    .selectFrom('event_positions')
    .select('last_sequence')
    .where('vm_id', '=', vmId)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  return Number(row?.last_sequence ?? 0);
}

/** The row's lock puts batches of one epoch behind each other, whichever manager they reach. */
async function lockPosition({ tx, tenantId, vmId }: IngestContext, epoch: string): Promise<number> {
  await tx
    .insertInto('event_positions')
    .values({ tenant_id: tenantId, vm_id: vmId, epoch, last_sequence: 0 })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'vm_id', 'epoch']).doNothing())
    .execute();
  const row = await tx
    .selectFrom('event_positions')
    .select('last_sequence')
    .where('vm_id', '=', vmId)
    .where('epoch', '=', epoch)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return Number(row.last_sequence);
}

async function movePosition({ tx, vmId }: IngestContext, epoch: string, sequence: number): Promise<void> {
  await tx
    .updateTable('event_positions')
    .set({ last_sequence: sequence })
    .where('vm_id', '=', vmId)
    .where('epoch', '=', epoch)
    .execute();
}

interface ReadLines {
  readonly events: readonly AgentEvent[];
  /** Lines that are no event of the contract: kept as they came, without effect. */
  readonly malformed: readonly unknown[];
  readonly sequence: number;
}

function readLines({ epoch, lines }: Batch, last: number): ReadLines {
  const events: AgentEvent[] = [];
  const malformed: unknown[] = [];
  let sequence = last;
  for (const line of lines.map(storable)) {
    const envelope = eventEnvelopeSchema.safeParse(line);
    const event = eventSchema.safeParse(line);
    const known = envelope.success && envelope.data.epoch === epoch ? envelope.data.sequence : null;
    if (known !== null && known <= last) continue;
    if (known !== null) sequence = Math.max(sequence, known);
    if (event.success && known !== null) events.push(event.data);
    else malformed.push(line);
  }
  return { events, malformed, sequence };
}

const ROWS_AT_ONCE = 500;
const MALFORMED_LENGTH_MAX = 10_000;

async function storeEvents(
  { tx, tenantId, vmId, now }: IngestContext,
  events: readonly AgentEvent[],
  malformed: readonly unknown[],
): Promise<void> {
  const rows = events.map((event) => ({
    tenant_id: tenantId,
    received_at: now,
    id: event.id,
    vm_id: vmId,
    time: new Date(event.time),
    type: event.type as string,
    body: JSON.stringify(event),
  }));
  for (const line of malformed) {
    const body = JSON.stringify({ line: (JSON.stringify(line) ?? '').slice(0, MALFORMED_LENGTH_MAX) });
    rows.push({
      tenant_id: tenantId,
      received_at: now,
      id: randomUUID(),
      vm_id: vmId,
      time: now,
      type: 'malformed',
      body,
    });
  }
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
    await tx
      .insertInto('events')
      .values(rows.slice(at, at + ROWS_AT_ONCE))
      .execute();
}

async function followEvent(context: IngestContext, event: AgentEvent, hooks: readonly IngestHooks[]): Promise<void> {
  if (event.type === 'detection') {
    const { tx, tenantId, vmId, now } = context;
    await tx
      .insertInto('detections')
      .values({ tenant_id: tenantId, vm_id: vmId, received_at: now, ...detectionColumns(event) })
      .execute();
    await notifyLive(tx, tenantId, 'detections', event.id);
  }
  await followQuarantine(context, event);
  await followScan(context, event);
  for (const hook of hooks) await hook.onEvent(context, event);
}
