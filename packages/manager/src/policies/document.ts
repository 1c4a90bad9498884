// SPDX-License-Identifier: Apache-2.0
// A policy document: checked by the same function as on the agent, named by the hash of its canonical text (RFC 8785), and kept forever.
import { createHash } from 'node:crypto';
import { canonicalJson, checkPolicy, type PolicyCheck, type PolicyCheckRules } from '@lazaret/contract';
import type { Policy } from '@lazaret/core';
import { FaultsError } from '../server/index.ts';

export type PolicyRules = Pick<PolicyCheckRules, 'startWindow' | 'known'>;

export interface CheckedDocument {
  readonly policy: Policy;
  readonly notApplied: PolicyCheck['notApplied'];
  readonly hash: string;
  readonly text: string;
}

/** Throws `policy.invalid` with every fault of the document, each with its own code and its pointer below `/document`. */
export function requireGoodDocument(document: unknown, rules: PolicyRules): CheckedDocument {
  const checked = checkPolicy(document, rules);
  if ('faults' in checked) {
    const faults = checked.faults.map(({ code, path, message }) => ({ code, path: `/document${path}`, message }));
    throw new FaultsError(
      'policy.invalid',
      `The policy has ${faults.length === 1 ? 'an error' : `${faults.length} errors`}.`,
      faults,
    );
  }
  const text = canonicalJson(checked.policy);
  return { policy: checked.policy, notApplied: checked.notApplied, hash: hashOf(text), text };
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Fields of a stored document that this version does not know. */
export function notAppliedOf(document: unknown): PolicyCheck['notApplied'] {
  return checkPolicy(document, { startWindow: 'lifted', unknown: 'kept' }).notApplied;
}
