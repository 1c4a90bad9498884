// SPDX-License-Identifier: Apache-2.0
// The agent's side of the link. While the VM belongs to a manager, it checks in, does what the manager asks, and uploads its events. It owns identity,
// transport, stand-by port and command desk. While the manager is unreachable it keeps trying, and everything else in the agent continues as usual (MG-8b).
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { CommandResult } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { spoolReader } from '../spool/index.ts';
import { activateIdentity } from './identity/activate-identity.ts';
import { checkIn } from './check-in.ts';
import { commandDesk, type CommandDesk } from './orders/command-desk.ts';
import { linkConnection, type Connection } from './connection.ts';
import { identityStore, type LinkIdentity } from './identity/identity.ts';
import { knockServer } from './knock/knock-server.ts';
import { linkSignals, longPoll, report, upload, type LongPoll, type LoopParts } from './loops.ts';
import { markStore } from './orders/mark-store.ts';
import { offeredPolicy, type OfferedPolicy } from './offered-policy.ts';
import { linkRenewal } from './identity/renewal.ts';
import { spoolUploader } from './spool-uploader.ts';
import { linkStanding } from './standing.ts';
import { LinkRefusal } from './transport.ts';
import type { Link, LinkHost, LinkStatus } from './types.ts';

/** The agent's end waits no longer for its manager. */
const STOPPING_MS = 2_000;

interface LinkParts extends LoopParts {
  readonly host: LinkHost;
  readonly policy: OfferedPolicy;
  readonly poll: LongPoll;
}

export function openLink(host: LinkHost): Link {
  const parts = makeParts(host);
  const { identities, connection, signals } = parts;
  return {
    status: () => statusOf(identities.read(), parts),
    tools: () => connection.tools(),
    changed: () => signals.report.wake(),
    activate: (token, name) => activate(token, name, parts),
    deactivate: (force) => deactivate(force, parts),
    run: (signal) => run(parts, signal),
  };
}

function makeParts(host: LinkHost): LinkParts {
  const { clock, log, stateDirectory } = host;
  const identities = identityStore(stateDirectory);
  const connection = linkConnection(identities);
  const signals = linkSignals();
  const uploader = spoolUploader({
    database: host.database,
    spool: host.spool,
    reader: spoolReader(host.spoolDirectory, 0),
    epoch: () => host.epoch(),
    beginEpoch: () => host.beginEpoch(),
  });
  const changed = (): void => signals.report.wake();
  const parts = {
    host,
    identities,
    connection,
    signals,
    uploader,
    changed,
    standing: linkStanding({ clock, log, onTrusted: () => signals.back.wake() }),
    renewal: linkRenewal({ host, identities, connection, uploader }),
    policy: offeredPolicy(host, connection),
    desk: makeDesk(host, connection, changed),
    marks: markStore(stateDirectory, (error) =>
      log.warn({ message: String(error) }, 'the mark against clones could not be written'),
    ),
    knocks: knockServer(clock, () => {
      signals.poll.wake();
      poll.cut();
    }),
  };
  const loopParts = { ...parts, checkIn: checkIn(parts) };
  const poll = longPoll(loopParts);
  return { ...loopParts, poll };
}

function makeDesk(host: LinkHost, connection: Connection, changed: () => void): CommandDesk {
  return commandDesk({
    database: host.database,
    clock: host.clock,
    policyHash: () => host.policyHash(),
    spoolLast: () => host.spool.last(),
    carryOut: (command) => {
      const tools = connection.tools();
      if (tools === null) throw new LazaretError('link.not_activated', 'This VM belongs to no manager.');
      return host.carryOut(command, tools);
    },
    recover: (command, before) => host.recover(command, before),
    tell: async (id, result) => {
      await tellResult(id, result, connection);
      changed();
    },
    onFault: (error) =>
      host.log.debug({ message: String(error) }, 'the result of a command could not be sent to the manager yet'),
  });
}

async function tellResult(id: string, result: CommandResult, connection: Connection): Promise<void> {
  const ask = { method: 'POST', path: `/link/v1/commands/${id}/result`, body: JSON.stringify(result) } as const;
  try {
    await connection.transport().askJson(ask, z.unknown());
  } catch (error) {
    // A command that the manager does not know any more has nobody who waits for its result.
    if (!(error instanceof LinkRefusal && error.status === 404)) throw error;
  }
}

function statusOf(identity: LinkIdentity, parts: LinkParts): LinkStatus;
function statusOf(identity: LinkIdentity | null, parts: LinkParts): LinkStatus | null;
function statusOf(identity: LinkIdentity | null, { host, standing, uploader, knocks }: LinkParts): LinkStatus | null {
  if (identity === null) return null;
  return {
    vmId: identity.vmId,
    tenantId: identity.tenantId,
    managers: identity.trust.managers,
    ...standing.view(),
    certificateNotAfter: new Date(new X509Certificate(identity.certificate).validTo).toISOString(),
    acknowledged: uploader.acknowledged(),
    waiting: host.spool.last() - uploader.acknowledged(),
    knock: knocks.state(),
  };
}

async function activate(token: string, name: string | null, parts: LinkParts): Promise<LinkStatus> {
  const { host, identities, standing, policy, signals } = parts;
  const { clock, log, agentVersion } = host;
  const { identity, clockDifferenceMs } = await activateIdentity(identities, token, name, { clock, agentVersion });
  standing.tellClock(clockDifferenceMs);
  standing.told('active');
  policy.forget();
  for (const one of Object.values(signals)) one.wake();
  log.info({ vmId: identity.vmId, managers: identity.trust.managers }, 'activated');
  host.activated();
  return statusOf(identity, parts);
}

/** `force`: also where the manager does not answer. */
async function deactivate(
  force: boolean,
  { host, identities, connection, standing, knocks }: LinkParts,
): Promise<void> {
  const ask = { method: 'POST', path: '/link/v1/deactivate', body: '{}' } as const;
  try {
    await connection.transport().askJson(ask, z.unknown());
  } catch (error) {
    if (!force) throw error;
  }
  identities.remove();
  connection.close();
  standing.left();
  await knocks.want(null, null);
  host.log.info('deactivated');
}

async function run(parts: LinkParts, signal: AbortSignal): Promise<void> {
  const { host, connection, desk, knocks, signals, poll } = parts;
  const endAppend = host.spool.onAppend(() => signals.upload.wake());
  desk.pump();
  await Promise.all([poll.run(signal), report(parts, signal), upload(parts, signal)]);
  endAppend();
  await sayStopping(parts);
  connection.close();
  await knocks.close();
  await desk.settled();
}

/** Best effort: a manager that is away notices the silence by itself. */
async function sayStopping({ identities, connection, standing }: LinkParts): Promise<void> {
  if (identities.read() === null || !standing.connected()) return;
  const ask = { method: 'POST', path: '/link/v1/stopping', body: '{}', timeoutMs: STOPPING_MS } as const;
  await connection
    .transport()
    .askJson(ask, z.unknown())
    .catch(() => undefined);
}
