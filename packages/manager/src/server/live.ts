// SPDX-License-Identifier: Apache-2.0
// `GET …/live` (MG-5a): server-sent events that say what to load again and contain no data, so that rights are checked where the data is loaded. It owns the
// open streams of this process. Any manager serves any client, because it learns by NOTIFY what the others did.
import type { ServerResponse } from 'node:http';
import { LIVE_TOPICS, type LiveEvent, tenantParamsSchema } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { z } from 'zod';
import { type Access, accessOf } from './access.ts';
import { type Database, LIVE_CHANNEL } from '../database/index.ts';
import type { ManagerServer } from './manager-server.ts';

/** How many are open at once: of all, of a tenant, of a person with its tokens. Nobody takes those of others. */
export interface StreamLimits {
  readonly all: number;
  readonly ofTenant: number;
  readonly ofPerson: number;
  /** How often it is asked whether who listens still may. */
  readonly lookAgainMs?: number;
  readonly heartbeatMs?: number;
  readonly streamMs?: number;
}

const STREAMS_MAX: StreamLimits = { all: 5_000, ofTenant: 500, ofPerson: 20 };
/** A client that reads slower than this is cut off; it comes back and fetches anew. */
const BACKLOG_BYTES_MAX = 64 * 1024;
const HEARTBEAT_MS = 20_000;
const LOOK_AGAIN_MS = 60_000;
/** A stream ends by then, and the client comes back with what is new. */
const STREAM_MS = 10 * 60_000;

interface Stream {
  readonly response: ServerResponse;
  readonly personId: string;
  readonly endsAtMs: number;
  readonly mayStill: Access['mayStill'];
}

export interface LiveHub {
  /** Throws `api.too_many_streams`, which is to be said before the stream begins. */
  requireRoom(tenantId: string, personId: string): void;
  open(tenantId: string, who: { readonly personId: string } & Pick<Access, 'mayStill'>, response: ServerResponse): void;
  close(): void;
}

export async function createLiveHub(database: Database, limits: StreamLimits = STREAMS_MAX): Promise<LiveHub> {
  const streams = new Map<string, Set<Stream>>();
  let count = 0;
  const drop = (tenantId: string, stream: Stream): void => {
    const set = streams.get(tenantId);
    if (set?.delete(stream) !== true) return;
    count--;
    if (set.size === 0) streams.delete(tenantId);
  };
  const all = (): [string, Stream][] =>
    [...streams].flatMap(([tenantId, set]) => Array.from(set, (stream): [string, Stream] => [tenantId, stream]));
  const end = await database.listen(LIVE_CHANNEL, (payload) => {
    if (payload === null) {
      // Some were missed: fetch all again.
      for (const [, stream] of all()) for (const topic of LIVE_TOPICS) send(stream, { topic, id: null });
      return;
    }
    const [tenantId = '', topic, id] = payload.split(' ');
    for (const stream of streams.get(tenantId) ?? []) send(stream, { topic, id: id ?? null } as LiveEvent);
  });
  const heartbeat = setInterval(() => {
    for (const [, { response, endsAtMs }] of all())
      if (performance.now() > endsAtMs) response.end();
      else response.write(':\n\n');
  }, limits.heartbeatMs ?? HEARTBEAT_MS);
  heartbeat.unref();
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    // One after the other: thousands of questions at once would keep everybody else from the database.
    for (const [, { response, mayStill }] of all()) if (!(await mayStill())) response.end();
    looking = false;
  };
  const lookAgain = setInterval(() => void look(), limits.lookAgainMs ?? LOOK_AGAIN_MS);
  lookAgain.unref();
  return {
    requireRoom: (tenantId, personId) => {
      const ofPerson = all().filter(([, stream]) => stream.personId === personId).length;
      const ofTenant = streams.get(tenantId)?.size ?? 0;
      if (count >= limits.all || ofTenant >= limits.ofTenant || ofPerson >= limits.ofPerson)
        throw new LazaretError('api.too_many_streams', 'Too many streams of live events are open.');
    },
    open: (tenantId, who, response) => {
      const stream: Stream = { response, ...who, endsAtMs: performance.now() + (limits.streamMs ?? STREAM_MS) };
      streams.set(tenantId, (streams.get(tenantId) ?? new Set()).add(stream));
      count++;
      response.on('close', () => drop(tenantId, stream));
      response.on('error', () => drop(tenantId, stream));
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      response.write('retry: 2000\n\n');
    },
    close: () => {
      clearInterval(heartbeat);
      clearInterval(lookAgain);
      end();
      for (const [, { response }] of all()) response.end();
    },
  };
}

function send({ response }: Stream, event: LiveEvent): void {
  if (response.writableLength > BACKLOG_BYTES_MAX) response.destroy();
  else response.write(`data: ${JSON.stringify(event)}\n\n`);
}

export function registerLiveRoute(server: ManagerServer, hub: LiveHub): void {
  server.get(
    '/api/v1/tenants/:tenantId/live',
    {
      config: { right: 'overview.read', asksItself: true },
      schema: {
        summary: 'Server-sent events: what has changed and should be loaded again',
        description:
          'Each event is `data: {"topic","id"}`. The stream ends from time to time; an EventSource reconnects by itself.',
        params: tenantParamsSchema,
        response: { 200: { description: 'A stream.', content: { 'text/event-stream': { schema: z.string() } } } },
      },
    },
    (request, reply) => {
      const { principal, mayStill } = accessOf(request);
      const personId = principal.maker.userId ?? principal.actor.id;
      hub.requireRoom(request.params.tenantId, personId);
      void reply.hijack();
      hub.open(request.params.tenantId, { personId, mayStill }, reply.raw);
    },
  );
}
