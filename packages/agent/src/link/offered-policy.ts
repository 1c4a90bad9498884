// SPDX-License-Identifier: Apache-2.0
// The policy that the manager wants in force. Each hash is downloaded once and the document is checked against it. The policy then takes effect, or is refused
// with a reason that the manager sees.
import { LINK_LIMITS, type VmReport } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { Connection } from './connection.ts';
import { sha256Hex } from './identity/identity.ts';
import { readText } from './read-text.ts';
import type { LinkHost } from './types.ts';

export interface OfferedPolicy {
  /** The hash of what was fetched last, in force or not: the manager need not offer it again. */
  hash(): string;
  refused(): VmReport['policy']['refused'];
  fetch(hash: string, signal: AbortSignal): Promise<void>;
  /** Another manager may offer the same. */
  forget(): void;
}

export function offeredPolicy(
  host: Pick<LinkHost, 'policyHash' | 'takePolicy'>,
  connection: Connection,
): OfferedPolicy {
  let fetched: string | null = null;
  let refused: VmReport['policy']['refused'] = null;
  return {
    hash: () => fetched ?? host.policyHash(),
    refused: () => refused,
    forget: () => {
      fetched = null;
    },
    fetch: async (hash, signal) => {
      const ask = { method: 'GET', path: `/link/v1/policies/${hash}`, signal } as const;
      const answer = await connection.transport().askStream(ask);
      const text = await readText(answer, LINK_LIMITS.policyBytesMax);
      fetched = hash;
      const problem =
        sha256Hex(text) === hash
          ? host.takePolicy(text)
          : new LazaretError('link.download', `The document from the manager is not the policy ${hash}.`);
      refused = problem === null ? null : { hash, code: problem.code, message: problem.message.slice(0, 4_096) };
    },
  };
}
