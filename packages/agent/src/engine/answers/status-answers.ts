// SPDX-License-Identifier: Apache-2.0
// Checks what the scanner reports about itself and about the patterns that it has loaded. Pure.
import { LazaretError } from '@lazaret/core';
import { z } from 'zod';
import type { EngineStatus } from '../engine.ts';

const helloSchema = z.object({
  protocol: z.literal(1),
  types: z.array(z.object({ number: z.number().int(), name: z.string(), group: z.string() })),
});

const loadedSchema = z.object({
  signatures: z.number().int().nonnegative(),
  yaraRules: z.number().int().nonnegative(),
  sandbox: z.unknown(),
});

const statusSchema = z.object({
  pid: z.number().int(),
  workerDeaths: z.number().int(),
  releases: z.array(
    z.object({
      state: z.enum(['loading', 'active', 'retiring']),
      directory: z.string(),
      loaded: loadedSchema.nullable(),
      workers: z.array(z.object({ pid: z.number().int(), ready: z.boolean() })),
    }),
  ),
});

/** The scanner's own numbering of true types, by name. */
export function readTypes(body: unknown): ReadonlyMap<string, number> {
  return new Map(helloSchema.parse(body).types.map(({ name, number }) => [name, number]));
}

/** Of a load that was asked for. Throws `patterns.empty`. */
export function readLoaded(body: unknown, directory: string): EngineStatus {
  return loadedStatus(directory, loadedSchema.parse(body));
}

/** Of a status: what is loaded already, where that is this directory. Throws `patterns.empty`. */
export function readLoadedBefore(body: unknown, directory: string): EngineStatus | null {
  const active = activeOf(statusSchema.parse(body));
  return active?.directory === directory ? loadedStatus(directory, active.loaded) : null;
}

/** Throws `scanner.not_loaded`. */
export function readStatus(body: unknown): EngineStatus {
  const status = statusSchema.parse(body);
  const active = activeOf(status);
  if (active === null) throw new LazaretError('scanner.not_loaded', 'No patterns are loaded.');
  return {
    release: active.directory,
    ...active.loaded,
    pid: status.pid,
    workerPids: active.workers.map((worker) => worker.pid),
    workerDeaths: status.workerDeaths,
  };
}

type Status = z.infer<typeof statusSchema>;
type Loaded = z.infer<typeof loadedSchema>;

/** The release that files are scanned with. */
function activeOf({
  releases,
}: Status): (Pick<Status['releases'][number], 'directory' | 'workers'> & { readonly loaded: Loaded }) | null {
  for (const { state, directory, loaded, workers } of releases)
    if (state === 'active' && loaded !== null) return { directory, loaded, workers };
  return null;
}

function loadedStatus(directory: string, loaded: Loaded): EngineStatus {
  // Protection by nothing must not look like protection.
  if (loaded.signatures + loaded.yaraRules === 0)
    throw new LazaretError('patterns.empty', `No pattern was loaded from ${directory}.`, { where: directory });
  return { release: directory, ...loaded, workerPids: [], pid: 0, workerDeaths: 0 };
}
