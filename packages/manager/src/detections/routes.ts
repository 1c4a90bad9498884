// SPDX-License-Identifier: Apache-2.0
import {
  detectionDetailSchema,
  detectionListQuerySchema,
  detectionPageSchema,
  hashReportSchema,
  sha256Schema,
  tenantItemParamsSchema,
  tenantParamsSchema,
  timeSchema,
  uuidSchema,
} from '@lazaret/contract';
import { z } from 'zod';
import { decodeCursor, type ManagerParts, type ManagerServer } from '../server/index.ts';
import { findDetection, listDetections, reportHash } from './detections.ts';

const BASE = '/api/v1/tenants/:tenantId';
const cursorSchema = z.tuple([timeSchema, uuidSchema]);

export function registerDetectionRoutes(server: ManagerServer, { database }: ManagerParts): void {
  server.get(
    `${BASE}/detections`,
    {
      config: { right: 'detections.read' },
      schema: {
        summary: 'Detections, most recently received first',
        params: tenantParamsSchema,
        querystring: detectionListQuerySchema,
        response: { 200: detectionPageSchema },
      },
    },
    ({ params, query }) => {
      const after = decodeCursor(query.cursor, cursorSchema);
      return database.asTenant(params.tenantId, (tx) => listDetections(tx, query, after));
    },
  );
  server.get(
    `${BASE}/detections/:id`,
    {
      config: { right: 'detections.read' },
      schema: { summary: 'One detection', params: tenantItemParamsSchema, response: { 200: detectionDetailSchema } },
    },
    ({ params }) => database.asTenant(params.tenantId, (tx) => findDetection(tx, params.id)),
  );
  server.get(
    `${BASE}/hashes/:sha256`,
    {
      config: { right: 'detections.read' },
      schema: {
        summary: 'Which VMs have, or had, a file of this hash',
        params: z.object({ tenantId: uuidSchema, sha256: sha256Schema }),
        response: { 200: hashReportSchema },
      },
    },
    ({ params }) => database.asTenant(params.tenantId, (tx) => reportHash(tx, params.sha256)),
  );
}
