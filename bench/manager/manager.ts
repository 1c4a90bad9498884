// SPDX-License-Identifier: Apache-2.0
// npm run bench -- manager [--agents N] [--seconds N] [--rows N]: the manager's program with its own PostgreSQL (fsync on), and agents that are simulated but
// for protocol, TLS and certificates. Everything runs on one machine: what the simulated agents use is missing to the manager.
import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EVENT_SCHEMA, uuidV7 } from '@lazaret/contract';
import { makeService, type ManagerProcess, type Service } from '../../e2e/support/service.ts';
import { simulateAgent, type SimulatedAgent } from '../../e2e/support/simulated-agent.ts';
import { cpuSecondsOf, memoryMiBOf } from '../processes.ts';

const ends: (() => void | Promise<void>)[] = [];
const say = (name: string, value: unknown): void => console.log(`${name.padEnd(58)} ${String(value)}`);

export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      agents: { type: 'string', default: '1000' },
      seconds: { type: 'string', default: '15' },
      rows: { type: 'string', default: '1000000' },
    },
  });
  const [agentCount, seconds, rows] = [values.agents, values.seconds, values.rows].map(Number) as [
    number,
    number,
    number,
  ];
  const service = await makeService({ after: (work) => void ends.push(work) });
  try {
    await measure(service, agentCount, seconds, rows);
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}

async function measure(service: Service, agentCount: number, seconds: number, rows: number): Promise<void> {
  const before = memoryMiBOf(service.first.pid);
  const agents = await activateAll(service, agentCount);
  const polls = new AbortController();
  const polling = agents.map((agent) => keepPolling(agent, polls.signal));
  await sleep(10_000);
  say(
    'memory of the manager, without and with these agents (MiB)',
    `${before.toFixed(0)} → ${memoryMiBOf(service.first.pid).toFixed(0)}`,
  );
  await measureIdle(service, agentCount, seconds);
  await measureCheckIns(agents, seconds);
  await measureIngest(agents, seconds);
  fill(service, rows);
  await measureLists(service);
  await measureStampede(service, agents);
  polls.abort();
  await Promise.all(polling);
  for (const agent of agents) agent.close();
}

async function activateAll(service: Service, count: number): Promise<readonly SimulatedAgent[]> {
  const { items } = await service.api<{ items: { id: string }[] }>('GET', '/policies');
  const body = { policyId: items[0]?.id, uses: Math.min(count, 10_000) };
  const { secret } = await service.api<{ secret: string }>('POST', '/enrolment-tokens', body);
  const startedMs = performance.now();
  const agents: SimulatedAgent[] = [];
  let left = count;
  const activate = async (): Promise<void> => {
    while (left-- > 0) agents.push(await simulateAgent(secret, `vm-${left}`));
  };
  await Promise.all(Array.from({ length: 8 }, activate));
  say(`activations a second (${count} agents, key pairs made here)`, rate(count, startedMs));
  return agents;
}

let answers = 0;

/** As an agent does: the next check-in follows the answer; after a failure it waits a moment. */
async function keepPolling(agent: SimulatedAgent, signal: AbortSignal): Promise<void> {
  let policyHash: string | null = null;
  while (!signal.aborted) {
    try {
      const have = { policyHash, trustHash: agent.identity.trust.hash, commands: [] };
      const answer = await agent.checkIn({ waitMs: 50_000, have }, signal);
      policyHash = answer.policyHash;
      answers += 1;
      if (answer.wantsVaultList) await tellVault(agent);
    } catch {
      await sleep(500 + Math.random() * 1_500);
    }
  }
}

async function tellVault(agent: SimulatedAgent): Promise<void> {
  const body = JSON.stringify({ hash: '0'.repeat(64), entries: [] });
  await agent.put('/link/v1/quarantine', body);
}

async function measureIdle(service: Service, agentCount: number, seconds: number): Promise<void> {
  const database = service.postmasterPid();
  const from = [cpuSecondsOf(service.first.pid, false), cpuSecondsOf(database, true)] as const;
  await sleep(seconds * 1_000);
  const [manager, postgres] = [
    cpuSecondsOf(service.first.pid, false) - from[0],
    cpuSecondsOf(database, true) - from[1],
  ];
  const each = (used: number): string => `${((100 * used) / seconds / (agentCount / 1_000)).toFixed(1)} %`;
  say('connected agents, long polls', agentCount);
  say('CPU for 1,000 connected agents: manager, PostgreSQL', `${each(manager)}, ${each(postgres)} of a core`);
}

async function measureCheckIns(agents: readonly SimulatedAgent[], seconds: number): Promise<void> {
  const times: number[] = [];
  let failures = 0;
  const end = performance.now() + seconds * 1_000;
  const startedMs = performance.now();
  let at = 0;
  const work = async (): Promise<void> => {
    while (performance.now() < end) {
      const agent = agents[at++ % agents.length];
      const began = performance.now();
      try {
        await agent?.checkIn();
        times.push(performance.now() - began);
      } catch {
        failures += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: 32 }, work));
  say(
    'check-ins a second, beside the polls',
    `${rate(times.length, startedMs)}, p95 ${percentile(times, 95)} ms, ${failures} failed`,
  );
}

const BATCH = 200;

async function measureIngest(agents: readonly SimulatedAgent[], seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  const startedMs = performance.now();
  let stored = 0;
  await Promise.all(
    agents.slice(0, 16).map(async (agent) => {
      for (let after = 0; performance.now() < end; after += BATCH) {
        await agent.upload(
          Array.from({ length: BATCH }, (_, index) => detection(agent, after + index + 1)),
          after,
        );
        stored += BATCH;
      }
    }),
  );
  say(`detections a second, stored (batches of ${BATCH}, fsync on)`, rate(stored, startedMs));
}

/** More rows like those that came, straight into the table: nobody waits for a million uploads. */
function fill(service: Service, rows: number): void {
  const statement = `set lazaret.tenant = '${service.tenantId}';
    insert into lazaret.detections select d.tenant_id, d.received_at - (n || ' ms')::interval, gen_random_uuid(), d.vm_id, d.time, d.origin,
      d.path || n, d.path_base64, d.threat, d.kind, d.bytes, md5(n || d.id::text) || md5(d.id::text || n), d.action, d.result, d.quarantine_entry, d.body
    from (select * from lazaret.detections limit 10000) d, generate_series(1, ${Math.max(1, Math.ceil(rows / 10_000))}) n;
    analyze lazaret.detections;`;
  const argv = ['-h', join(service.state, 'r/postgres'), '-U', 'lazaret_owner', '-d', 'lazaret', '-q', '-c', statement];
  execFileSync('psql', argv);
}

async function measureLists(service: Service): Promise<void> {
  const queries = [
    '',
    'kind=test',
    'threat=Eicar-Test-Signature',
    'result=quarantined',
    'failed=true',
    'q=needle',
    `sha256=${'ab'.repeat(32)}`,
  ];
  const { total } = await service.api<{ total: number }>('GET', '/detections');
  for (const query of queries) {
    const times: number[] = [];
    for (let round = 0; round < 20; round++) {
      const began = performance.now();
      await service.api('GET', `/detections?limit=50&${query}`);
      times.push(performance.now() - began);
    }
    say(
      `list of detections (${total}+ rows), ${query === '' ? 'all' : query.slice(0, 24)}`,
      `p95 ${percentile(times, 95)} ms`,
    );
  }
}

async function measureStampede(service: Service, agents: readonly SimulatedAgent[]): Promise<ManagerProcess> {
  const ports = { api: Number(new URL(service.first.url).port), link: service.first.linkPort };
  await service.first.stop('SIGKILL');
  const again = await service.start(ports);
  const from = answers;
  const startedMs = performance.now();
  const asked = agents.map((agent) => retry(() => agent.checkIn()));
  await Promise.all(asked);
  say(
    `killed −9 and started: all ${agents.length} agents are answered within`,
    `${Math.round(performance.now() - startedMs)} ms (${answers - from} polls beside)`,
  );
  return again;
}

async function retry<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      await sleep(200 + Math.random() * 800);
    }
  }
}

function detection(agent: SimulatedAgent, sequence: number): object {
  const time = Date.now();
  return {
    schema: EVENT_SCHEMA,
    id: uuidV7(time, randomBytes(10)),
    epoch: agent.epoch,
    sequence,
    time: new Date(time).toISOString(),
    bootId: agent.holder.bootId,
    monotonicMs: sequence,
    policyHash: null,
    patternRelease: 'starter-3f2a90b1c4d5',
    decidedBy: null,
    type: 'detection',
    runId: randomUUID(),
    path: `/srv/data/${sequence % 1_000}/file-${sequence}.com`,
    file: { fileSystem: 'ab', handle: '1:00ff', device: '1', inode: String(sequence) },
    bytes: 68,
    sha256: randomBytes(32).toString('hex'),
    trueType: 'text',
    threats: [
      {
        name: sequence % 10 === 0 ? 'Eicar-Test-Signature' : `Bench.Threat-${sequence % 97}`,
        kind: 'test',
        layers: [],
      },
    ],
    action: {
      primary: { action: 'pass', result: 'done' },
      notify: false,
      decidedBy: '/manual/action',
    },
    notifyEvent: null,
  };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const rate = (count: number, sinceMs: number): string => (count / ((performance.now() - sinceMs) / 1_000)).toFixed(0);

function percentile(values: readonly number[], percent: number): string {
  const sorted = values.toSorted((left, right) => left - right);
  return (sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0).toFixed(1);
}
