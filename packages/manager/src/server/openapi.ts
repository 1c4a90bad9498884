// SPDX-License-Identifier: Apache-2.0
// The API document (MG-3a): generated from the schemas that the routes check by, so the two cannot differ.
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
          'The API behind the console. Errors: docs/reference/error-codes.md. With a session, requests that change something need the header `X-Lazaret-Request: 1`. A session ends after 12 hours without a request; requests with `X-Lazaret-Unattended: 1` do not count.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: '__Host-lazaret_session',
            description: 'Without TLS, on loopback: `lazaret_session`.',
          },
          token: { type: 'http', scheme: 'bearer', description: 'An API token: `lzt_…`.' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withoutUnused(jsonSchemaTransformObject(document)),
  });
  server.get(
    '/api/v1/openapi.json',
    { config: { right: 'public' }, schema: { summary: 'This document', hide: true } },
    (_request, reply) => reply.type('application/json').send(JSON.stringify(server.swagger())),
  );
}

type Document = ReturnType<typeof jsonSchemaTransformObject>;

/** Of every schema there are two forms, in and out; those that no route has are left out. */
function withoutUnused(document: Document): Document {
  if (!('components' in document)) return document;
  const schemas: Record<string, unknown> = { ...document.components?.schemas };
  const used = new Set<string>();
  const walk = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value ?? null).matchAll(/#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      walk(schemas[name]);
    }
  };
  walk(document.paths);
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
  return { ...document, components: { ...document.components, schemas: kept } } as Document;
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
