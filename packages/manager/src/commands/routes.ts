// SPDX-License-Identifier: Apache-2.0
// Routes for commands to one VM, and for the question whether a path is scanned (EX-3), which the VM itself answers.
import { z } from 'zod';
import {
  commandPageSchema,
  commandRequestSchema,
  commandSchema,
  explainAnswerSchema,
  explainRequestSchema,
  pageQuerySchema,
  tenantItemParamsSchema,
  tenantParamsSchema,
  timeSchema,
  uuidSchema,
  type CommandRequest,
} from '@lazaret/contract';
import { audit, type Actor } from '../audit/index.ts';
import type { TenantTransaction } from '../database/index.ts';
import {
  actorOf,
  conflict,
  decodeCursor,
  notFound,
  toPage,
  type ManagerParts,
  type ManagerServer,
} from '../server/index.ts';
import { presentCommand, presentExplained, selectCommands, type CommandRow } from './present.ts';
import { queueCommand } from './queue-command.ts';
import { queueScan, requireAbsolute, requireScannable } from './queue-scan.ts';

const TENANT = '/api/v1/tenants/:tenantId';
const cursorKey = z.tuple([timeSchema, uuidSchema]);
/** A VM that is there answers well within this; then one request is enough. */
const EXPLAIN_WAIT_MS = 5_000;
const LOOK_MS = 200;

export function registerCommandRoutes(server: ManagerServer, parts: ManagerParts): void {
  registerCommands(server, parts);
  registerExplain(server, parts);
}

function registerCommands(server: ManagerServer, { database, clock, newId }: ManagerParts): void {
  const path = `${TENANT}/vms/:id/commands`;
  server.get(
    path,
    {
      config: { right: 'vms.read' },
      schema: {
        summary: 'Commands to this VM and their results, newest first',
        params: tenantItemParamsSchema,
        querystring: pageQuerySchema,
        response: { 200: commandPageSchema },
      },
    },
    (request) => {
      const { tenantId, id } = request.params;
      const { limit, cursor } = request.query;
      const after = decodeCursor(cursor, cursorKey);
      return database.asTenant(tenantId, async (tx) => {
        await requireVm(tx, id);
        const { count } = await tx
          .selectFrom('commands')
          .select((build) => build.fn.countAll<string>().as('count'))
          .where('vm_id', '=', id)
          .executeTakeFirstOrThrow();
        let rows = selectCommands(tx)
          .where('vm_id', '=', id)
          .orderBy('created_at', 'desc')
          .orderBy('id', 'desc')
          .limit(limit + 1);
        if (after !== null)
          rows = rows.where((build) =>
            build(build.refTuple('created_at', 'id'), '<', build.tuple(new Date(after[0]), after[1])),
          );
        const keyOf = (row: CommandRow): string[] => [row.created_at.toISOString(), row.id];
        return toPage(await rows.execute(), Number(count), limit, presentCommand, keyOf);
      });
    },
  );
  server.post(
    path,
    {
      config: { right: 'scans.write' },
      schema: {
        summary: 'Send a command to this VM',
        params: tenantItemParamsSchema,
        body: commandRequestSchema,
        response: { 201: commandSchema },
      },
    },
    async (request, reply) => {
      const { tenantId, id: vmId } = request.params;
      const actor = actorOf(request);
      const id = newId();
      const now = new Date(clock.nowMs());
      const command = await database.asTenant(tenantId, async (tx) => {
        await requireCommandable(tx, vmId);
        await queue(tx, { tenantId, id, vmId, now, actor }, request.body);
        await audit(tx, { actor, action: `vms.command`, subject: `vm:${vmId}`, after: request.body });
        return presentCommand(await selectCommands(tx).where('id', '=', id).executeTakeFirstOrThrow());
      });
      return reply.code(201).send(command);
    },
  );
}

function registerExplain(server: ManagerServer, { database, clock, newId }: ManagerParts): void {
  const path = `${TENANT}/explain`;
  const readAnswer = (tenantId: string, id: string) =>
    database.asTenant(tenantId, async (tx) => {
      const row = await selectCommands(tx).where('id', '=', id).where('kind', '=', 'explain').executeTakeFirst();
      if (row === undefined) throw notFound('question');
      return presentExplained(row);
    });
  server.post(
    path,
    {
      config: { right: 'scans.write' },
      schema: {
        summary: 'Ask a VM whether it scans a path, and by which rule',
        params: tenantParamsSchema,
        body: explainRequestSchema,
        response: { 200: explainAnswerSchema },
      },
    },
    async (request) => {
      const { tenantId } = request.params;
      const { vmId, path: asked } = request.body;
      const id = newId();
      const actor = actorOf(request);
      await database.asTenant(tenantId, async (tx) => {
        await requireCommandable(tx, vmId);
        const place = { tenantId, id, vmId, now: new Date(clock.nowMs()), actor };
        await queue(tx, place, { kind: 'explain', path: asked });
      });
      const endMs = clock.monotonicMs() + EXPLAIN_WAIT_MS;
      let answer = await readAnswer(tenantId, id);
      while (answer.state === 'waiting' && clock.monotonicMs() < endMs) {
        await clock.sleep(LOOK_MS);
        answer = await readAnswer(tenantId, id);
      }
      return answer;
    },
  );
  server.get(
    `${path}/:id`,
    {
      config: { right: 'vms.read' },
      schema: {
        summary: 'The answer to such a question',
        params: tenantItemParamsSchema,
        response: { 200: explainAnswerSchema },
      },
    },
    (request) => readAnswer(request.params.tenantId, request.params.id),
  );
}

interface Place {
  readonly tenantId: string;
  readonly id: string;
  readonly vmId: string;
  readonly now: Date;
  readonly actor: Actor;
}

async function queue(tx: TenantTransaction, place: Place, request: CommandRequest): Promise<void> {
  const { tenantId, id, vmId, now, actor } = place;
  const command = { tenantId, id, vmId, now, createdBy: actor.name };
  switch (request.kind) {
    case 'scan':
      requireScannable({ scope: request.scan, paths: request.paths });
      return await queueScan(tx, {
        tenantId,
        id,
        vmId,
        now,
        scope: request.scan,
        paths: request.paths,
        requestedBy: actor.name,
      });
    case 'explain':
      requireAbsolute(request.path, '/path');
      return await queueCommand(tx, {
        ...command,
        body: { kind: 'explain', path: Buffer.from(request.path).toString('base64') },
      });
    case 'update':
    case 'diagnostics':
      return await queueCommand(tx, { ...command, body: { kind: request.kind } });
  }
}

async function requireVm(tx: TenantTransaction, id: string): Promise<{ readonly membership: string }> {
  const vm = await tx.selectFrom('vms').select('membership').where('id', '=', id).executeTakeFirst();
  if (vm === undefined) throw notFound('VM');
  return vm;
}

async function requireCommandable(tx: TenantTransaction, id: string): Promise<void> {
  const { membership } = await requireVm(tx, id);
  if (membership !== 'active') throw conflict(`The VM is ${membership}, so it takes no commands.`);
}
