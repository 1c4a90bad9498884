// SPDX-License-Identifier: Apache-2.0
// What each command of the manager does on this VM. It calls the same functions as the command line. The command desk makes sure that each command runs only
// once.
import { Readable } from 'node:stream';
import { z } from 'zod';
import { LINK_LIMITS, type LinkCommand, type CommandBody } from '@lazaret/contract';
import { LazaretError, pathTextFromBytes } from '@lazaret/core';
import { readSystemFacts } from '../doctor/index.ts';
import { explainFile } from '../explain/index.ts';
import type { LinkTools } from '../link/index.ts';
import { deleteEntry, listEntries, pathsOfEntry, restoreEntry, showEntry } from '../quarantine/index.ts';
import type { RunManager, ScanRequest } from '../scan/index.ts';
import { readReleaseTables } from '../update/index.ts';
import { readStatus, type Agent, updateNow } from '../wiring/index.ts';

export interface RemoteParts {
  readonly agent: Agent;
  readonly runs: RunManager;
}

type BodyOf<K extends CommandBody['kind']> = Extract<CommandBody, { kind: K }>;

export async function carryOut(
  parts: RemoteParts,
  { id, body, precondition, orderedBy }: LinkCommand,
  link: LinkTools,
): Promise<unknown> {
  const { agent, runs } = parts;
  if (precondition.entrySha256 !== null && 'entry' in body)
    await checkEntry(agent, body.entry, precondition.entrySha256);
  switch (body.kind) {
    case 'scan':
      return await startScan(runs, id, body);
    case 'scan-control':
      return controlScan(runs, body);
    case 'update': {
      const { outcome, active } = await updateNow(agent, link);
      return { outcome, release: active.id };
    }
    case 'explain':
      return explainFile(Buffer.from(body.path, 'base64'), {
        inForce: agent.inForce(),
        tables: readReleaseTables(agent.activeRelease().directory, agent.paths.starterPatterns),
        ownDirectories: [agent.paths.state, agent.paths.run],
        nowMs: agent.clock.nowMs(),
      });
    case 'diagnostics':
      return { system: readSystemFacts(), status: await readStatus(agent, runs) };
    case 'quarantine-list':
      return await listEntries(agent);
    case 'quarantine-restore': {
      await requireRestore(agent, body.entry, body.to);
      const to = body.to === null ? {} : { to: body.to };
      return await restoreEntry(agent, body.entry, { ...to, keepEntry: body.keepEntry }, orderedBy);
    }
    case 'quarantine-delete':
      return await deleteEntry(agent, body.entry, orderedBy);
    case 'quarantine-fetch':
      agent.ceiling.requireFetch(await pathsOfEntry(agent, body.entry));
      return await sendEntry(agent, id, body.entry, link);
  }
}

/** AC-14. Links on the way are not followed by the restore itself, so the text is the place. */
async function requireRestore(agent: Agent, entry: string, to: string | null): Promise<void> {
  if (to === null) return;
  const paths = await pathsOfEntry(agent, entry);
  agent.ceiling.requireRestore({ paths, to: pathTextFromBytes(Buffer.from(to, 'base64')) });
}

/** What became of a command whose process died. Undefined: nothing yet, or it does no harm to do it again. */
export async function recover(
  { agent }: RemoteParts,
  { id, body }: LinkCommand,
  spoolBefore: number,
): Promise<{ readonly value: unknown } | undefined> {
  switch (body.kind) {
    case 'scan':
      // The run has the command's id: it was begun, and is taken up again by itself.
      return agent.runs.find(id) === undefined ? undefined : { value: { run: id } };
    case 'quarantine-restore':
    case 'quarantine-delete': {
      const type = body.kind === 'quarantine-restore' ? 'quarantine.restored' : 'quarantine.deleted';
      for (const event of agent.spool.read(spoolBefore + 1))
        if (event.type === type && event['entry'] === body.entry) return { value: event };
      // Done, and its event not written any more: the entry leaves the vault last.
      return (await hasEntry(agent, body.entry)) ? undefined : { value: { id: body.entry } };
    }
    case 'scan-control':
    case 'update':
    case 'explain':
    case 'diagnostics':
    case 'quarantine-list':
    case 'quarantine-fetch':
      return undefined;
  }
}

/** Resolves when the run has begun; how it ends is an event. */
function startScan(runs: RunManager, id: string, body: BodyOf<'scan'>): Promise<{ readonly run: string }> {
  const request: ScanRequest = {
    origin: 'manual',
    limitsOf: 'manual',
    scope: scopeOf(body),
    action: 'policy',
    policy: null,
    patterns: null,
    crossFileSystems: body.scope === 'full',
    load: null,
  };
  return new Promise((resolve, reject) => {
    const started = (): void => resolve({ run: id });
    runs.start(request, { row: () => {}, progress: () => {}, started, wantsEstimate: true, id }).then((outcome) => {
      if (outcome.kind === 'skipped') reject(new LazaretError('agent.busy', 'Another scan is running.'));
      else started();
    }, reject);
  });
}

function scopeOf({ scope, paths }: BodyOf<'scan'>): ScanRequest['scope'] {
  if (scope === 'full') return { kind: 'policy' };
  return scope === 'quick' ? { kind: 'quick' } : { kind: 'paths', paths };
}

function controlScan(runs: RunManager, { scanId, verb }: BodyOf<'scan-control'>): { readonly run: string } {
  const verbs = {
    pause: () => runs.pause(scanId),
    resume: () => runs.unpause(scanId),
    cancel: () => runs.cancel(scanId),
  };
  verbs[verb]();
  return { run: scanId };
}

async function checkEntry(agent: Agent, entry: string, sha256: string): Promise<void> {
  const found = await showEntry(agent, entry);
  if (found.state !== 'damaged' && found.sha256 === sha256) return;
  throw new LazaretError(
    'link.precondition',
    `The content of vault entry ${entry} is not the one that the command names.`,
  );
}

async function hasEntry(agent: Agent, entry: string): Promise<boolean> {
  return (await listEntries(agent)).entries.some(({ id }) => id === entry);
}

/** The content as it was; the manager makes an archive with a password of it (AC-8g). */
async function sendEntry(agent: Agent, commandId: string, id: string, { transport }: LinkTools): Promise<unknown> {
  const entry = await showEntry(agent, id);
  if (entry.state === 'damaged') throw new LazaretError(entry.code, entry.why);
  if (entry.bytes > LINK_LIMITS.uploadBytesMax)
    throw new LazaretError('link.upload_too_large', `The file has ${entry.bytes} bytes, which is too large to send.`);
  const ask = {
    method: 'PUT',
    path: `/link/v1/uploads/${commandId}`,
    body: Readable.from(agent.vault.content(entry.id)),
    contentType: 'application/octet-stream',
    timeoutMs: 10 * LINK_LIMITS.answerMsMax,
  } as const;
  await transport.askJson(ask, z.unknown());
  return { bytes: entry.bytes, sha256: entry.sha256, path: entry.path };
}
