// SPDX-License-Identifier: Apache-2.0
// Answers the schedule editor: when a schedule would run next in the VM's time zone, and which minutes are not allowed.
import {
  checkSchedule,
  type ContractFault,
  nextRunsRequestSchema,
  nextRunsSchema,
  tenantParamsSchema,
  weekScheduleSchema,
} from '@lazaret/contract';
import { isZone, nextEdge, nextRuns, temporal } from '@lazaret/core';
import { readProviderSettings } from '../provider-settings/index.ts';
import { FaultsError, type ManagerParts, type ManagerServer } from '../server/index.ts';

/** SC-5: what is refused, as the editor shows it. The rule itself is core's. */
/** Times of the API have a year of four digits. */
const LATEST = temporal.Instant.from('9999-12-31T00:00:00Z');
const REFUSED_WINDOW = { from: '00:01', to: '00:59' };

export function registerScheduleRoutes(server: ManagerServer, parts: ManagerParts): void {
  server.post(
    '/api/v1/tenants/:tenantId/schedules/next',
    {
      config: { right: 'policies.read' },
      schema: {
        summary: 'The next runs of a schedule',
        params: tenantParamsSchema,
        body: nextRunsRequestSchema,
        response: { 200: nextRunsSchema },
      },
    },
    async ({ body }) => {
      const { startWindow } = await readProviderSettings(parts.database);
      const refusedWindow = body.for === 'scan' && startWindow === 'refused' ? REFUSED_WINDOW : null;
      if (!isZone(body.zone))
        throw refuse([{ code: 'schedule.zone', path: '/zone', message: `"${body.zone}" is not a time zone.` }]);
      const after = temporal.Instant.from(body.after ?? new Date(parts.clock.nowMs()).toISOString());
      if (body.for === 'realtime') {
        const edges = edgesOf(body.schedule, after, body.zone, body.count);
        return { next: edges.map(({ at }) => at), edges, refusedWindow };
      }
      const checked = checkSchedule(body.schedule, { purpose: body.for, startWindow });
      if ('faults' in checked) throw refuse(below(checked.faults));
      const runs = nextRuns(checked.schedule, { zone: body.zone, after, count: body.count, until: LATEST });
      return { next: runs.map(toIso), edges: [], refusedWindow };
    },
  );
}

function edgesOf(schedule: unknown, after: ReturnType<typeof temporal.Instant.from>, zone: string, count: number) {
  const parsed = weekScheduleSchema.safeParse(schedule);
  if (!parsed.success)
    throw refuse(
      parsed.error.issues.map((issue) => ({
        code: issue.code === 'custom' ? (issue.params?.['code'] as ContractFault['code']) : 'schedule.invalid',
        path: `/schedule${issue.path.map((step) => `/${String(step)}`).join('')}`,
        message: issue.message,
      })),
    );
  const edges: { at: string; kind: 'start' | 'end' }[] = [];
  let from = after;
  while (edges.length < count) {
    const edge = nextEdge(parsed.data, from, zone);
    if (edge === null || edge.at.epochMilliseconds > LATEST.epochMilliseconds) break;
    edges.push({ at: toIso(edge.at), kind: edge.within ? 'start' : 'end' });
    from = edge.at;
  }
  return edges;
}

function below(faults: readonly ContractFault[]): readonly ContractFault[] {
  return faults.map(({ code, path, message }) => ({ code, path: `/schedule${path}`, message }));
}

function refuse(faults: readonly ContractFault[]): FaultsError {
  return new FaultsError('schedule.invalid', 'The schedule has errors.', faults);
}

function toIso(instant: { readonly epochMilliseconds: number }): string {
  return new Date(instant.epochMilliseconds).toISOString();
}
