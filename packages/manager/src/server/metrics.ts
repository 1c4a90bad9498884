// SPDX-License-Identifier: Apache-2.0
// `/metrics` for Prometheus: loopback alone, unless the manager is told otherwise – numbers about tenants are nobody else's business.
import { LazaretError } from '@lazaret/core';
import { collectDefaultMetrics, Histogram, type Registry } from 'prom-client';
import type { ManagerServer } from './manager-server.ts';

export function installMetrics(server: ManagerServer, registry: Registry): void {
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
    { config: { right: 'public' }, schema: { summary: 'Metrics for Prometheus, on loopback alone', hide: true } },
    async (request, reply) => {
      if (!isLoopback(request.ip)) throw new LazaretError('api.not_found', 'There is nothing at this address.');
      return reply.type(registry.contentType).send(await registry.metrics());
    },
  );
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
