// SPDX-License-Identifier: Apache-2.0
// One connection that listens (LISTEN) for this whole process. It owns that connection. If the connection breaks, it is opened again, and every handler gets
// null, because notifications in between were lost. It does not know what the payloads mean.
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

type Handler = (payload: string | null) => void;

export interface Listener {
  listen(channel: string, handler: Handler): Promise<() => void>;
  close(): Promise<void>;
}

const CHANNEL = /^[a-z][a-z0-9_]{0,62}$/;
const AGAIN_MS = 1_000;
/** A connection that died without a word (a pulled cable, a sleeping firewall) is noticed by asking. */
const HEARTBEAT_MS = 15_000;

interface Open {
  readonly client: pg.Client;
  /** One after the other: a connection answers one question at a time. */
  ask(text: string): Promise<unknown>;
}

/** A connection that listens to the channels of these handlers. `onLost` once, when it breaks. */
async function open(
  config: pg.ClientConfig,
  handlers: ReadonlyMap<string, ReadonlySet<Handler>>,
  onLost: (lost: Open) => void,
): Promise<Open> {
  const client = new pg.Client({ ...config, query_timeout: HEARTBEAT_MS });
  let turn: Promise<unknown> = Promise.resolve();
  const ask = (text: string): Promise<unknown> => {
    const asked = turn.then(() => client.query(text));
    turn = asked.catch(() => undefined);
    return asked;
  };
  const opened = { client, ask };
  client.on('notification', ({ channel, payload }) => {
    for (const handler of handlers.get(channel) ?? []) handler(payload ?? '');
  });
  let over = false;
  const lost = (): void => {
    if (over) return;
    over = true;
    client.end().catch(() => undefined);
    onLost(opened);
  };
  client.on('error', lost);
  client.on('end', lost);
  try {
    await client.connect();
    for (const channel of handlers.keys()) await ask(`listen ${channel}`);
  } catch (error) {
    over = true;
    client.end().catch(() => undefined);
    throw error;
  }
  return opened;
}

export function createListener(config: pg.ClientConfig): Listener {
  const handlers = new Map<string, Set<Handler>>();
  let current: Open | null = null;
  let connecting: Promise<Open> | null = null;
  let closed = false;
  const heartbeat = setInterval(() => {
    current?.ask('select 1').catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();

  const connect = async (): Promise<Open> => {
    current = await open(config, handlers, (lost) => {
      if (current === lost) current = null;
      if (!closed) void reconnect();
    });
    return current;
  };
  const connected = (): Promise<Open> => {
    if (current !== null) return Promise.resolve(current);
    connecting ??= connect().finally(() => (connecting = null));
    return connecting;
  };
  const reconnect = async (): Promise<void> => {
    while (!closed && current === null) {
      try {
        await connected();
        for (const set of handlers.values()) for (const handler of set) handler(null);
      } catch {
        await delay(AGAIN_MS, undefined, { ref: false });
      }
    }
  };

  return {
    listen: async (channel, handler) => {
      if (!CHANNEL.test(channel)) throw new TypeError(`No channel: ${channel}`);
      const set = handlers.get(channel) ?? new Set();
      const isNew = set.size === 0;
      handlers.set(channel, set.add(handler));
      const opened = await connected();
      if (isNew) await opened.ask(`listen ${channel}`);
      return () => {
        set.delete(handler);
        if (set.size > 0) return;
        handlers.delete(channel);
        current?.ask(`unlisten ${channel}`).catch(() => undefined);
      };
    },
    close: async () => {
      closed = true;
      clearInterval(heartbeat);
      await connecting?.catch(() => undefined);
      const last = current;
      current = null;
      await last?.client.end().catch(() => undefined);
    },
  };
}
