// SPDX-License-Identifier: Apache-2.0
// Reads a policy file (YAML, of which JSON is a part) and has it checked by contract. Owns no state: the caller keeps the last good one.
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { checkPolicy, policyHash, type ContractFault, type NotApplied } from '@lazaret/contract';
import { reportOnlyPolicy, LazaretError, type Policy } from '@lazaret/core';
import { requireOurs } from './ours-alone.ts';

/** A policy in force, with its identity: SHA-256 of its RFC 8785 text. */
export interface PolicyInForce {
  readonly policy: Policy;
  readonly hash: string;
  /** Fields that were kept but have no effect. */
  readonly notApplied: readonly NotApplied[];
}

/** Every fault of a policy at once. */
export class PolicyFaults extends LazaretError {
  readonly faults: readonly ContractFault[];
  /** Beside the faults: a field that is missing is often one that is misspelt. */
  readonly notApplied: readonly NotApplied[];

  constructor(path: string, faults: readonly ContractFault[], notApplied: readonly NotApplied[]) {
    const first = faults[0];
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
    super(first?.code ?? 'policy.invalid', `${path}${first?.path ?? ''}: ${first?.message ?? 'not a policy'}${more}`, {
      where: first?.path ?? '',
    });
    this.faults = faults;
    this.notApplied = notApplied;
  }
}

/** A policy file is text that a person writes; a larger one is another file. */
const POLICY_BYTES_MAX = 8 * 1024 * 1024;

export function loadPolicyFile(path: string): PolicyInForce {
  return readPolicy(path, readText(path, false));
}

/** Of an agent, which takes what is written there later, too. Throws `policy.foreign_file` where somebody else may write it. */
export function loadStandingPolicy(path: string): PolicyInForce {
  return readPolicy(path, readText(path, true));
}

/** Before the first policy, from a person or a manager. */
export function reportOnlyInForce(): PolicyInForce {
  return inForce(reportOnlyPolicy, []);
}

/** Whether that is what is in force. */
export function isReportOnly({ policy }: PolicyInForce): boolean {
  return policy === reportOnlyPolicy;
}

/** Without waiting for a pipe, and no more than a policy may have. `standing`: nobody but us may have written it. */
function readText(path: string, standing: boolean): string {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(descriptor);
      if (!stat.isFile()) throw new Error('it is no regular file');
      if (stat.size > POLICY_BYTES_MAX)
        throw new Error(`it has ${stat.size} bytes, at most ${POLICY_BYTES_MAX} are read`);
      if (standing) requireOurs(path, stat);
      return readFileSync(descriptor).toString('utf8');
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof LazaretError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new LazaretError('path.not_found', `There is no policy file ${path}.`, { where: path });
    }
    throw new LazaretError('policy.unreadable', `${path} cannot be read: ${messageOf(error)}.`, {
      where: path,
      cause: error,
    });
  }
}

function readPolicy(path: string, text: string): PolicyInForce {
  const document = parseDocument(text, { prettyErrors: true });
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw new LazaretError('policy.unreadable', `${path}: ${problem.message.split('\n')[0] ?? ''}`, { where: path });
  }
  return acceptPolicy(toValue(document, path), path);
}

/** `maxAliasCount` in yaml's own guard against a file that unfolds without end. */
function toValue(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new LazaretError('policy.unreadable', `${path}: ${messageOf(error)}.`, { where: path, cause: error });
  }
}

/** Checks a value that is to be a policy; throws every fault at once. */
export function acceptPolicy(value: unknown, where: string): PolicyInForce {
  const checked = checkPolicy(value);
  if ('faults' in checked) throw new PolicyFaults(where, checked.faults, checked.notApplied);
  return inForce(checked.policy, checked.notApplied);
}

function inForce(policy: Policy, notApplied: readonly NotApplied[]): PolicyInForce {
  return { policy, notApplied, hash: policyHash(policy, (text) => createHash('sha256').update(text).digest('hex')) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
