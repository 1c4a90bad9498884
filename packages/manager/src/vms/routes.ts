// SPDX-License-Identifier: Apache-2.0
import {
  pageQuerySchema,
  tenantItemParamsSchema,
  tenantParamsSchema,
  timeSchema,
  uuidSchema,
  vmDetailSchema,
  vmEventPageSchema,
  vmListQuerySchema,
  vmPageSchema,
  vmPatchSchema,
} from '@lazaret/contract';
import { z } from 'zod';
import { actorOf, decodeCursor, type ManagerParts, type ManagerServer } from '../server/index.ts';
import { acceptVm, changeVm, findVm, listVmEvents, listVms, retireVm, type VmContext } from './vms.ts';

const BASE = '/api/v1/tenants/:tenantId/vms';
const cursorSchema = z.tuple([z.string().max(300), uuidSchema]);
const timeCursorSchema = z.tuple([z.union([timeSchema, z.literal('-infinity')]), uuidSchema]);

export function registerVmRoutes(server: ManagerServer, { database, clock }: ManagerParts): void {
  const within = <T>(tenantId: string, work: (context: VmContext) => Promise<T>): Promise<T> =>
    database.asTenant(tenantId, (tx) => work({ tx, tenantId, now: new Date(clock.nowMs()) }));
  const item = { params: tenantItemParamsSchema, response: { 200: vmDetailSchema } };
  server.get(
    BASE,
    {
      config: { right: 'vms.read' },
      schema: {
        summary: 'VMs, with counts by state',
        params: tenantParamsSchema,
        querystring: vmListQuerySchema,
        response: { 200: vmPageSchema },
      },
    },
    ({ params, query }) => {
      const isByName = query.sort === 'name' || query.sort === '-name';
      const after = decodeCursor(query.cursor, isByName ? cursorSchema : timeCursorSchema);
      return within(params.tenantId, (context) => listVms(context, query, after));
    },
  );
  server.get(`${BASE}/:id`, { config: { right: 'vms.read' }, schema: { summary: 'One VM', ...item } }, ({ params }) =>
    within(params.tenantId, (context) => findVm(context, params.id)),
  );
  server.patch(
    `${BASE}/:id`,
    { config: { right: 'vms.write' }, schema: { summary: 'Rename a VM, move it', ...item, body: vmPatchSchema } },
    (request) =>
      within(request.params.tenantId, async (context) => {
        await changeVm(context, request.params.id, actorOf(request), request.body);
        return findVm(context, request.params.id);
      }),
  );
  for (const [verb, summary, act] of [
    ['retire', 'Retire a VM: its agent leaves the manager and keeps its last policy', retireVm],
    ['accept', 'Accept a clone as a separate VM', acceptVm],
  ] as const) {
    server.post(`${BASE}/:id/${verb}`, { config: { right: 'vms.write' }, schema: { summary, ...item } }, (request) =>
      within(request.params.tenantId, async (context) => {
        await act(context, request.params.id, actorOf(request));
        return findVm(context, request.params.id);
      }),
    );
  }
  server.get(
    `${BASE}/:id/events`,
    {
      config: { right: 'vms.read' },
      schema: {
        summary: 'Events from the agent, newest first',
        params: tenantItemParamsSchema,
        querystring: pageQuerySchema,
        response: { 200: vmEventPageSchema },
      },
    },
    ({ params, query }) => {
      const after = decodeCursor(query.cursor, z.tuple([timeSchema, uuidSchema]));
      return within(params.tenantId, (context) => listVmEvents(context, params.id, query.limit, after));
    },
  );
}
