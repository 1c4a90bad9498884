// SPDX-License-Identifier: Apache-2.0
// The API document (MG-3a): made from the very schemas that the routes check by, so that it cannot say anything else.
import swagger from '@fastify/swagger';
import { errorEnvelopeSchema } from '@lazaret/contract';
import type { RouteOptions } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { ManagerServer } from './manager-server.ts';

export async function installOpenApi(server: ManagerServer, version: string): Promise<void> {
  server.addHook('onRoute', completeSchema);
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Lazaret manager',
        version,
        description:
          'Everything that the console does. Errors: docs/reference/error-codes.md. Changing requests by a session need `X-Lazaret-Request: 1`.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'lazaret_session' },
          token: { type: 'http', scheme: 'bearer', description: 'An API token: `lzt_…`.' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  server.get(
    '/api/v1/openapi.json',
    { config: { right: 'public' }, schema: { summary: 'This document', hide: true } },
    (_request, reply) => reply.type('application/json').send(JSON.stringify(server.swagger())),
  );
}

/** Every route says what it is for, by which name clients call it, which right it needs, and that it may fail. */
function completeSchema(route: RouteOptions): void {
  const right = route.config?.right;
  const schema = (route.schema ??= {});
  if (schema.hide === true) return;
  if (schema.summary === undefined) throw new TypeError(`${String(route.method)} ${route.url} has no summary`);
  schema.operationId ??= operationId(String(route.method), route.url);
  schema.tags ??= [tagOf(route.url)];
  schema.security ??= right === 'public' ? [] : [{ session: [] }, { token: [] }];
  Object.assign(schema, { 'x-right': right });
  const response = (schema.response ?? {}) as Record<string, unknown>;
  schema.response = { ...response, '4xx': errorEnvelopeSchema, '5xx': errorEnvelopeSchema };
}

function operationId(method: string, url: string): string {
  const words = url
    .replace('/api/v1/', '')
    .replace('tenants/:tenantId/', '')
    .split(/[/:.-]+/)
    .filter(Boolean);
  return [method.toLowerCase(), ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join('');
}

function tagOf(url: string): string {
  return url.replace('/api/v1/', '').replace('tenants/:tenantId/', '').split('/').find(Boolean) ?? 'manager';
}
