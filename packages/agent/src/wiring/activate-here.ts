// SPDX-License-Identifier: Apache-2.0
// Activation where no agent runs: the identity is on the disk before the first start, so that an agent never works without its manager's word when it
// could have it. The caller holds the run lock. The policy comes with the agent's first call.
import { PRODUCT_VERSION } from '@lazaret/core';
import type { Clock, ProductPaths } from '@lazaret/platform';
import { readSizeFacts, requireNoInterceptor, requireSize } from '../doctor/index.ts';
import { activateIdentity } from '../link/index.ts';
import { ensurePrivatePlace } from '../state/index.ts';

export interface ActivationOrder {
  readonly token: string;
  /** What people call this VM; null: its host name. */
  readonly name: string | null;
  /** Also below the smallest machine (SY-1). */
  readonly force: boolean;
}

/** Rejects with `link.activated_already` and with all that activation by a running agent does. */
export async function activateHere(
  paths: ProductPaths,
  clock: Clock,
  { token, name, force }: ActivationOrder,
): Promise<{ readonly vmId: string; readonly managers: readonly string[] }> {
  ensurePrivatePlace(paths.state);
  requireSize(readSizeFacts(paths.state), force);
  requireNoInterceptor();
  const { identity } = await activateIdentity(paths.state, token, name, { clock, agentVersion: PRODUCT_VERSION });
  return { vmId: identity.vmId, managers: identity.trust.managers };
}
