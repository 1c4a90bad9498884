// SPDX-License-Identifier: Apache-2.0
// How lazaret-supervisor is started with an agent below it: the same for `lazaret realtime`, `lazaret agent run` and ./start.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensurePrivatePlace } from '@lazaret/agent';
import { LazaretError } from '@lazaret/core';
import type { ProductPaths } from '@lazaret/platform';

/** `agent`: a program of ours (`apps/…/main.ts`) and its arguments. Throws `realtime.not_built`. */
export function supervisorCommand(
  paths: ProductPaths,
  [agent, ...argv]: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  for (const program of [paths.supervisorProgram, paths.gateProgram, paths.scannerProgram]) {
    if (!existsSync(program))
      throw new LazaretError('realtime.not_built', `${program} does not exist.`, { where: program });
  }
  ensurePrivatePlace(paths.run);
  const programs = ['--gate', paths.gateProgram, '--scanner', paths.scannerProgram];
  const below = [join(paths.programs, 'tools/product-node'), join(paths.programs, agent), ...argv];
  const workers = String(Math.max(2, availableParallelism()));
  return [paths.supervisorProgram, '--run', paths.run, ...programs, '--workers', workers, '--', ...below];
}
