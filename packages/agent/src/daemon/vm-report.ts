// SPDX-License-Identifier: Apache-2.0
// The report about this VM that goes to the manager with every check-in.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunReport, VaultList } from '@lazaret/contract';
import { readOtherProducts } from '../doctor/index.ts';
import { readClockSynchronised, readDisk, type LocalReport } from '../link/index.ts';
import { listEntries } from '../quarantine/index.ts';
import { isStarterOnly } from '@lazaret/patterns';
import type { Realtime } from '../realtime/index.ts';
import type { RunManager, RunView } from '../scan/index.ts';
import { lastLook, type Agent } from '../wiring/index.ts';

const ENGINE_MS_MAX = 2_000;
const RUNS_MAX = 8;
const PRODUCTS_MAX = 32;
/** Every process is looked at: so often, and no oftener. */
const PRODUCTS_AGAIN_MS = 3_600_000;

export interface VmReporter {
  read(): Promise<LocalReport>;
  vaultList(): Promise<VaultList>;
}

export function vmReporter(agent: Agent, runs: RunManager, realtime: Pick<Realtime, 'stand' | 'report'>): VmReporter {
  const products = otherProducts(agent.clock);
  let known: { readonly stamp: string; readonly list: VaultList } | null = null;
  /** Reading every entry's head is work: it is done again only when the directory is another. */
  const vaultList = async (): Promise<VaultList> => {
    const stamp = readdirSync(join(agent.paths.vault, 'entries')).toSorted().join('\n');
    if (known?.stamp === stamp) return known.list;
    const { entries } = await listEntries(agent);
    const hash = createHash('sha256').update(JSON.stringify(entries)).digest('hex');
    const list = { hash, entries: entries.slice(0, 10_000) } as VaultList;
    known = { stamp, list };
    return list;
  };
  return {
    vaultList,
    read: async () => {
      const { policy, hash, notApplied } = agent.inForce();
      const release = agent.releases.active()?.manifest ?? null;
      const { entries, hash: vaultHash } = await vaultList();
      const { bytes, bytesMax } = agent.vault.usage();
      const { checkedAt, fault } = lastLook(agent);
      return {
        policy: { hash, name: policy.name, notApplied: reportNotApplied(notApplied) },
        patterns: {
          release: release?.id ?? null,
          createdAt: release?.createdAt ?? null,
          signatures: (release?.loaded?.clamav ?? 0) + (release?.loaded?.yara ?? 0),
          starterOnly:
            release !== null &&
            isStarterOnly(
              release.files.map(({ name }) => name),
              readdirSync(agent.paths.starterPatterns),
            ),
          checkedAt,
          fault,
        },
        engine: await readEngine(agent),
        realtime: realtime.stand().state,
        realtimeReport: await realtime.report(),
        disk: readDisk(agent.paths.state),
        vault: { entries: entries.length, bytes, bytesMax, hash: vaultHash },
        ceiling: agent.ceiling.view(),
        otherProducts: products.names(),
        clockSynchronised: readClockSynchronised(),
        runs: runs.current().slice(0, RUNS_MAX).map(reportRun),
      };
    },
  };
}

const NOT_APPLIED_MAX = 1_000;
const POINTER_LENGTH_MAX = 1_024;

/** Whoever writes a policy writes its fields as long as it likes: a report that the manager refuses would cut the VM off from the policy that mends it. */
export function reportNotApplied(
  notApplied: readonly { readonly path: string }[],
): LocalReport['policy']['notApplied'] {
  return notApplied.slice(0, NOT_APPLIED_MAX).map(({ path }) => ({ path: path.slice(0, POINTER_LENGTH_MAX) }));
}

/** A scan process that is coming up again must not keep the manager waiting. */
async function readEngine(agent: Agent): Promise<LocalReport['engine']> {
  const ended = new AbortController();
  const late = agent.clock.sleep(ENGINE_MS_MAX, ended.signal).then(() => null);
  try {
    const status = await Promise.race([agent.engine.status(), late]);
    if (status === null) return { up: false, workers: 0, workerDeaths: 0 };
    return { up: true, workers: status.workerPids.length, workerDeaths: status.workerDeaths };
  } catch {
    return { up: false, workers: 0, workerDeaths: 0 };
  } finally {
    ended.abort();
  }
}

function reportRun({ id, origin, state, startedMs, progress, percent, timeLeftMs }: RunView): RunReport {
  const totals = progress?.totals;
  return {
    id,
    origin,
    state,
    startedAt: new Date(startedMs).toISOString(),
    percent: percent === null ? null : Math.min(100, Math.max(0, percent)),
    timeLeftMs: timeLeftMs === null ? null : Math.max(0, timeLeftMs),
    files: totals?.files ?? 0,
    bytes: totals?.bytes ?? 0,
    infected: totals?.infected ?? 0,
    path: progress?.path?.slice(0, 16_384) ?? null,
  };
}

/** SY-5: looked for again each hour. */
function otherProducts(clock: Agent['clock']): { names(): string[] } {
  let seen: { readonly atMs: number; readonly names: string[] } | null = null;
  return {
    names: () => {
      const now = clock.monotonicMs();
      if (seen === null || now - seen.atMs >= PRODUCTS_AGAIN_MS) {
        const names = readOtherProducts().map(({ name }) => name);
        seen = { atMs: now, names: names.slice(0, PRODUCTS_MAX) };
      }
      return seen.names;
    },
  };
}
