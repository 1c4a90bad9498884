// SPDX-License-Identifier: Apache-2.0
// For tests and measurements: the agent's protocol without an agent. Its own activation and transport, so that TLS and certificates are the real ones;
// what it reports is made up.
import { randomBytes, randomUUID } from 'node:crypto';
import {
  batchAnswerSchema,
  checkInAnswerSchema,
  EVENT_SCHEMA,
  type BatchAnswer,
  type CheckInAnswer,
  type CheckInRequest,
  type Holder,
  type Mark,
  type RenewAnswer,
  renewAnswerSchema,
  type ShownMark,
  uuidV7,
} from '@lazaret/contract';
import { systemClock } from '@lazaret/platform';
import { activate } from '../../packages/agent/src/link/identity/activate.ts';
import type { LinkIdentity } from '../../packages/agent/src/link/identity/identity.ts';
import { makeKeyRequest } from '../../packages/agent/src/link/identity/key-request.ts';
import { readHolder } from '../../packages/host/src/linux/machine/machine-facts.ts';
import { openTransport, type Transport } from '../../packages/agent/src/link/transport.ts';

export interface SimulatedAgent {
  readonly vmId: string;
  identity: LinkIdentity;
  readonly transport: Transport;
  readonly epoch: string;
  holder: Holder;
  /** As its state stands: a copy has it, too. */
  mark: ShownMark;
  checkIn(more?: Partial<CheckInRequest>, signal?: AbortSignal): Promise<CheckInAnswer>;
  upload(lines: readonly unknown[], after: number): Promise<BatchAnswer>;
  /** With the request of `newKeyRequest`. */
  renew(request: string, clone: boolean): Promise<RenewAnswer>;
  put(path: string, body: string): Promise<unknown>;
  /** Another process with the same state, as it stands now. */
  copy(holder?: Partial<Holder>): SimulatedAgent;
  newKeyRequest(): ReturnType<typeof makeKeyRequest>;
  close(): void;
}

export async function simulateAgent(token: string, name = 'simulated'): Promise<SimulatedAgent> {
  const { identity } = await activate(token, name, { clock: systemClock, agentVersion: '0.0.0' });
  return agentOf(identity, readHolder());
}

/** A line of its spool, as good as any: that a policy was applied. */
export function eventOf({ epoch, holder }: SimulatedAgent, sequence: number, fields: object = {}): object {
  return {
    schema: EVENT_SCHEMA,
    id: uuidV7(Date.now(), randomBytes(10)),
    epoch,
    sequence,
    time: new Date().toISOString(),
    bootId: holder.bootId,
    monotonicMs: sequence,
    policyHash: null,
    patternRelease: null,
    decidedBy: null,
    type: 'policy.applied',
    hash: '0'.repeat(64),
    ...fields,
  };
}

export function nextMark(from: Mark | null): ShownMark {
  return { from, to: { count: (from?.count ?? 0) + 1, lot: randomUUID() } };
}

export function agentOf(identity: LinkIdentity, holder: Holder, mark: ShownMark = nextMark(null)): SimulatedAgent {
  const transport = openTransport({ ...identity.trust, ...identity, instance: holder.instance });
  const epoch = randomUUID();
  const agent: SimulatedAgent = {
    vmId: identity.vmId,
    identity,
    transport,
    epoch,
    holder,
    mark,
    checkIn: async (more = {}, signal) => {
      const shown = agent.mark;
      const body = JSON.stringify({ ...checkInBody(agent), mark: shown, ...more });
      const ask = { method: 'POST', path: '/link/v1/check-in', body } as const;
      const answer = await transport.askJson(signal === undefined ? ask : { ...ask, signal }, checkInAnswerSchema);
      if (answer.markTaken && agent.mark === shown) agent.mark = nextMark(shown.to);
      return answer;
    },
    upload: (lines, after) => {
      const body = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
      const path = `/link/v1/events?epoch=${epoch}&after=${after}`;
      return transport.askJson({ method: 'POST', path, body, contentType: 'application/x-ndjson' }, batchAnswerSchema);
    },
    renew: (certificateRequest, clone) => {
      const { machine } = checkInBody(agent);
      const body = JSON.stringify({ certificateRequest, clone, holder: agent.holder, machine });
      return transport.askJson({ method: 'POST', path: '/link/v1/renew', body }, renewAnswerSchema);
    },
    put: async (path, body) => (await transport.askStream({ method: 'PUT', path, body })).resume(),
    copy: (other = {}) => agentOf(identity, { ...holder, instance: randomUUID(), ...other }, agent.mark),
    newKeyRequest: makeKeyRequest,
    close: () => transport.close(),
  };
  return agent;
}

const HASH = '0'.repeat(64);

export function checkInBody({ identity, holder, epoch }: SimulatedAgent): CheckInRequest {
  return {
    time: new Date().toISOString(),
    holder,
    mark: null,
    machine: {
      hostname: 'simulated',
      operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
      kernel: '6.1.0',
      architecture: 'x86_64',
      agentVersion: '0.0.0',
      addresses: ['192.0.2.7'],
      memoryBytes: 536_870_912,
    },
    report: {
      policy: { hash: HASH, name: 'simulated', notApplied: [], refused: null },
      patterns: {
        release: 'starter-3f2a90b1c4d5',
        createdAt: new Date().toISOString(),
        signatures: 1,
        checkedAt: null,
        fault: null,
      },
      engine: { up: true, workers: 1, workerDeaths: 0 },
      realtime: 'not-available',
      disk: { freeBytes: 1, totalBytes: 2 },
      vault: { entries: 0, bytes: 0, bytesMax: 1, hash: HASH },
      otherProducts: [],
      clockSynchronised: null,
      knock: { port: null, fault: null },
      spool: { epoch, last: 0, acknowledged: 0 },
      runs: [],
    },
    have: { policyHash: null, trustHash: identity.trust.hash, commands: [] },
    waitMs: 0,
  };
}
