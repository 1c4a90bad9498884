// SPDX-License-Identifier: Apache-2.0
// What the command line may ask of a running agent. Each method checks its own parameters: they are foreign bytes too.
import { z } from 'zod';
import { LazaretError } from '@lazaret/core';
import type { ControlMethods } from '../control/index.ts';
import { requestKeyOf, scanRequestSchema, type RunManager, type RunProgress } from '../scan/index.ts';
import { vaultMethods } from './vault-methods.ts';
import { readSizeFacts, requireNoInterceptor, requireSize } from '../doctor/index.ts';
import { updateNow } from './update-now.ts';
import type { Link } from '../link/index.ts';
import type { Realtime } from '../realtime/index.ts';
import type { Agent } from './open-agent.ts';
import { readStatus } from './status.ts';

const startSchema = z.object({ request: scanRequestSchema, resume: z.boolean() });
const runSchema = z.object({ id: z.string().optional() });
const activateSchema = z.object({
  token: z.string().max(8_192),
  name: z.string().min(1).max(256).nullable(),
  force: z.boolean().default(false),
});
const deactivateSchema = z.object({ force: z.boolean() });
const loadSchema = z.object({ directory: z.string().startsWith('/'), skipBad: z.boolean().default(false) });

export interface ControlParts {
  readonly agent: Agent;
  readonly runs: RunManager;
  readonly realtime: Realtime;
  /** Null: in the foreground, without a manager. */
  readonly link: Link | null;
}

export function controlMethods({ agent, runs, realtime, link }: ControlParts): ControlMethods {
  return {
    ...(link === null ? {} : linkMethods(agent, link)),
    'ceiling.go-on': () => {
      agent.ceiling.releaseBrake();
      return agent.ceiling.view();
    },
    status: async () => ({
      ...(await readStatus(agent, runs)),
      realtime: await realtime.status(),
      manager: link?.status() ?? null,
    }),
    'realtime.status': () => realtime.status(),
    'policy.inForce': () => agent.inForce().policy,
    'scan.start': async ({ params, signal, send }) => {
      const { request, resume } = parse(startSchema, params);
      const listener = {
        row: ({ row }: { row: unknown }) => send({ row }),
        progress: progressSender(send),
        wantsEstimate: true,
        warning: ({ code, message }: { code: string; message: string }) => void send({ note: `${message} (${code})` }),
      };
      const cutOff = resume ? agent.runs.findCutOff(requestKeyOf(request)) : undefined;
      if (resume && cutOff === undefined)
        throw new LazaretError('scan.nothing_to_resume', 'There is no interrupted scan of this command.');
      const outcome =
        cutOff === undefined
          ? await runs.start(request, listener, signal)
          : await runs.resume(cutOff, listener, signal);
      if (outcome.kind === 'skipped') throw new LazaretError('agent.busy', 'Another scan is running.');
      return outcome.summary;
    },
    'scan.pause': ({ params }) => runs.pause(parse(runSchema, params).id),
    'scan.resume': ({ params }) => runs.unpause(parse(runSchema, params).id),
    'scan.cancel': ({ params }) => runs.cancel(parse(runSchema, params).id),
    'patterns.load': async ({ params }) => {
      const { directory, skipBad } = parse(loadSchema, params);
      const { manifest } = await agent.loader.load(directory, { skipBad });
      realtime.refresh();
      return manifest;
    },
    'patterns.rollback': async () => {
      const { manifest } = await agent.loader.rollback();
      realtime.refresh();
      return manifest;
    },
    'patterns.update': () => updateNow(agent, link?.tools() ?? null).finally(() => link?.changed()),
    ...vaultMethods(agent),
  };
}

function linkMethods(agent: Agent, link: Link): ControlMethods {
  return {
    'link.activate': ({ params }) => {
      const { token, name, force } = parse(activateSchema, params);
      requireSize(readSizeFacts(agent.paths.state), force);
      requireNoInterceptor();
      return link.activate(token, name);
    },
    'link.deactivate': ({ params }) => link.deactivate(parse(deactivateSchema, params).force),
  };
}

function parse<T>(schema: z.ZodType<T>, params: unknown): T {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  throw new LazaretError(
    'control.bad_parameters',
    `The parameters are not valid: ${parsed.error.issues[0]?.message ?? ''}.`,
  );
}

const PROGRESS_MS = 200;

/** A client needs no more than its eyes can follow, and a client that does not read gets less. */
function progressSender(send: (event: unknown) => Promise<void>): (progress: RunProgress) => void {
  let nextAt = 0;
  let sending = false;
  return (progress) => {
    const now = performance.now();
    if (sending || now < nextAt) return;
    nextAt = now + PROGRESS_MS;
    sending = true;
    void send({ progress }).finally(() => {
      sending = false;
    });
  };
}
