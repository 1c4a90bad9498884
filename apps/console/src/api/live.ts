// SPDX-License-Identifier: Apache-2.0
// Server-sent events: what they name is fetched again. Owns its EventSource and closes it; says since when it is lost.
import type { LiveEvent, LiveTopic } from '@lazaret/contract';
import type { QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { urlOf } from './client.ts';

/** Which cached answers a topic makes old. The first word of a query's key names its resource. */
const RESOURCES: Readonly<Record<LiveTopic, readonly string[]>> = {
  vms: ['vms', 'overview', 'enrolment', 'patterns', 'policies', 'alarms'],
  detections: ['detections', 'hashes', 'overview'],
  scans: ['scans', 'vms', 'overview', 'commands'],
  quarantine: ['quarantine', 'detections', 'overview', 'commands'],
  policies: ['policies', 'exceptions', 'vms'],
  alarms: ['alarms', 'overview', 'vms'],
  notices: ['notices'],
  patterns: ['patterns', 'signatures', 'overview', 'commands'],
  settings: ['settings', 'overview'],
};

/** Events come in bursts; one fetch for all of a burst is enough, and well within the 2 s that a person waits. */
const GATHER_MS = 300;

export interface LiveState {
  /** Since when no connection stands; null while it does. */
  readonly lostAt: string | null;
}

export function useLive(tenantId: string): LiveState {
  const client = useQueryClient();
  const [lostAt, setLostAt] = useState<string | null>(null);
  useEffect(() => {
    const gather = gatherTopics(client);
    const source = new EventSource(urlOf(`/tenants/${tenantId}/live`));
    source.addEventListener('open', () => {
      setLostAt((before) => {
        // What happened meanwhile was not told: everything is old.
        if (before !== null) void client.invalidateQueries();
        return null;
      });
    });
    source.addEventListener('error', () => setLostAt((before) => before ?? new Date().toISOString()));
    source.addEventListener('message', (event: MessageEvent<string>) => gather.add(event.data));
    return () => {
      source.close();
      gather.stop();
    };
  }, [client, tenantId]);
  return { lostAt };
}

function gatherTopics(client: QueryClient) {
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    const names = new Set(waiting);
    waiting.clear();
    void client.invalidateQueries({
      predicate: ({ queryKey, meta }) => meta?.['held'] !== true && names.has(String(queryKey[0])),
    });
  };
  return {
    add(data: string): void {
      for (const name of RESOURCES[(JSON.parse(data) as LiveEvent).topic] ?? []) waiting.add(name);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    stop(): void {
      clearTimeout(timer);
    },
  };
}
