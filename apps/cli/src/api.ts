// SPDX-License-Identifier: Apache-2.0
// A small client of the manager's API: JSON in and out, each answer checked by its shape of the contract.
import { errorEnvelopeSchema } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { z } from 'zod';
import { RefusedByManager } from './refused-by-manager.ts';

export interface Api {
  ask<T>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    shape: z.ZodType<T>,
    body?: unknown,
  ): Promise<T>;
}

/** `headers`: who asks – a token, or the cookie of a session. */
export function apiOf(url: string, headers: Readonly<Record<string, string>>): Api {
  return {
    ask: async (method, path, shape, body) => {
      const answer = await send(url, headers, method, path, body).catch((error: unknown) => {
        const why = error instanceof Error ? causeOf(error) : String(error);
        throw new LazaretError('fleet.unreachable', `The manager at ${url} ${WHY[why] ?? `does not answer: ${why}.`}`, {
          where: url,
        });
      });
      const value: unknown = answer.status === 204 ? null : await answer.json();
      if (answer.ok) return shape.parse(value);
      const { error } = errorEnvelopeSchema.parse(value);
      throw new RefusedByManager(error, `${method} ${path}`);
    },
  };
}

/** The Fetch standard closes some ports, and says so in two words. */
const WHY: Readonly<Record<string, string>> = {
  'bad port': 'was not asked, because HTTP clients block this port. Check the address.',
};

/** The answer itself, for what is in its head. */
export function send(
  url: string,
  headers: Readonly<Record<string, string>>,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  return fetch(`${url}${path}`, {
    method,
    headers: {
      ...headers,
      'x-lazaret-request': '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** fetch says nothing but "fetch failed"; what failed is below it. */
function causeOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
