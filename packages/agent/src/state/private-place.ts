// SPDX-License-Identifier: Apache-2.0
// The places of the agent that nobody else may enter: state, sockets, locks.
import { LazaretError } from '@lazaret/core';
import { makePrivateDirectory } from '@lazaret/platform';

/** Makes the directory with mode 0700, or closes one that is there to others. Throws `agent.unsafe_directory` when it is not ours. */
export function ensurePrivatePlace(path: string): void {
  if (makePrivateDirectory(path)) return;
  throw new LazaretError(
    'agent.unsafe_directory',
    'This directory must belong to the user of this program, and must not be a link.',
    { where: path },
  );
}
