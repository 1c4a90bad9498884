// SPDX-License-Identifier: Apache-2.0
// `/metrics` for Prometheus, for callers with the token: the numbers of tenants are nobody else's business, and behind a proxy every caller comes from
// loopback.
import { createHash, timingSafeEqual } from 'node:crypto';
import { LazaretError } from '@lazaret/core';
import { collectDefaultMetrics, Histogram, type Registry } from 'prom-client';
import type { ManagerServer } from './manager-server.ts';

export function installMetrics(server: ManagerServer, registry: Registry, token: string | null): void {
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: 'lazaret_http_request_duration_seconds',
    help: 'Time from a request to its answer, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.15, 0.5, 2, 10, 60],
    registers: [registry],
  });
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  server.get(
    '/metrics',
    { config: { right: 'public' }, schema: { summary: 'Metrics for Prometheus; needs the metrics token', hide: true } },
    async (request, reply) => {
      if (token === null || !isSame(request.headers.authorization ?? '', `Bearer ${token}`))
        throw new LazaretError('api.not_found', 'There is no such address in the API.');
      return reply.type(registry.contentType).send(await registry.metrics());
    },
  );
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [left, right].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
