// SPDX-License-Identifier: Apache-2.0
// One connection that LISTENs for all of this process. Owns that connection: when it breaks it is made again, and every handler gets null, because
// what was notified in between is lost. Must not own: what the payloads mean.
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

export function createListener(config: pg.ClientConfig): Listener {
  const handlers = new Map<string, Set<Handler>>();
  let client: pg.Client | null = null;
  let connecting: Promise<pg.Client> | null = null;
  let closed = false;
  let turn: Promise<unknown> = Promise.resolve();
  /** One after the other: a connection answers one question at a time. */
  const inTurn = (on: pg.Client, text: string): Promise<unknown> => {
    const asked = turn.then(() => on.query(text));
    turn = asked.catch(() => undefined);
    return asked;
  };
  const heartbeat = setInterval(() => {
    if (client !== null) inTurn(client, 'select 1').catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();

  const connect = async (): Promise<pg.Client> => {
    const fresh = new pg.Client({ ...config, query_timeout: HEARTBEAT_MS });
    fresh.on('notification', ({ channel, payload }) => {
      for (const handler of handlers.get(channel) ?? []) handler(payload ?? '');
    });
    let over = false;
    const lost = (): void => {
      if (over) return;
      over = true;
      if (client === fresh) client = null;
      fresh.end().catch(() => undefined);
      if (!closed) void reconnect();
    };
    fresh.on('error', lost);
    fresh.on('end', lost);
    try {
      await fresh.connect();
      for (const channel of handlers.keys()) await inTurn(fresh, `listen ${channel}`);
    } catch (error) {
      over = true;
      fresh.end().catch(() => undefined);
      throw error;
    }
    client = fresh;
    return fresh;
  };
  const connected = (): Promise<pg.Client> => {
    if (client !== null) return Promise.resolve(client);
    connecting ??= connect().finally(() => (connecting = null));
    return connecting;
  };
  const reconnect = async (): Promise<void> => {
    while (!closed && client === null) {
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
      const current = await connected();
      if (isNew) await inTurn(current, `listen ${channel}`);
      return () => {
        set.delete(handler);
        if (set.size > 0) return;
        handlers.delete(channel);
        if (client !== null) inTurn(client, `unlisten ${channel}`).catch(() => undefined);
      };
    },
    close: async () => {
      closed = true;
      clearInterval(heartbeat);
      await connecting?.catch(() => undefined);
      const last = client;
      client = null;
      await last?.end().catch(() => undefined);
    },
  };
}
