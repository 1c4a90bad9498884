// SPDX-License-Identifier: Apache-2.0
// Reads a policy file (YAML, of which JSON is a part) and lets contract check it. It has no state: the caller keeps the last good policy.
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { checkPolicy, policyHash, type ContractFault, type NotApplied, type PolicyCheckRules } from '@lazaret/contract';
import { reportOnlyPolicy, LazaretError, type Policy } from '@lazaret/core';
import { requireOurs } from './ours-alone.ts';
import { parsePolicyText, type PlaceOf, type PlaceInText } from './policy-text.ts';

/** A policy in force, with its identity: SHA-256 of its RFC 8785 text. */
export interface PolicyInForce {
  readonly policy: Policy;
  readonly hash: string;
  /** Fields that were kept but have no effect. */
  readonly notApplied: readonly NotApplied[];
}

/** A fault with its place in the text, if there is a text. */
export type PolicyFault = ContractFault & Partial<PlaceInText>;

/** Every fault of a policy at once, in the order of the text. */
export class PolicyFaults extends LazaretError {
  readonly faults: readonly PolicyFault[];
  readonly notApplied: readonly NotApplied[];

  constructor(path: string, faults: readonly PolicyFault[], notApplied: readonly NotApplied[]) {
    const first = faults[0];
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
    super(
      first?.code ?? 'policy.invalid',
      `${first === undefined ? `${path} is not a policy` : formatPolicyFault(path, first)}${more}`,
      { where: first?.path ?? '' },
    );
    this.faults = faults;
    this.notApplied = notApplied;
  }
}

/** A policy file is text that a person writes; a larger one is another file. */
const POLICY_BYTES_MAX = 8 * 1024 * 1024;

export function loadPolicyFile(path: string): PolicyInForce {
  return readPolicy(path, readPolicyText(path));
}

/** Of an agent, which takes what is written there later, too. Throws `policy.foreign_file` where somebody else may write it. */
export function loadStandingPolicy(path: string): PolicyInForce {
  return readPolicy(path, readPolicyText(path, true));
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
export function readPolicyText(path: string, standing = false): string {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(descriptor);
      if (!stat.isFile()) throw new Error('it is not a regular file');
      if (stat.size > POLICY_BYTES_MAX)
        throw new Error(`it has ${stat.size} bytes, and the maximum is ${POLICY_BYTES_MAX}`);
      if (standing) requireOurs(path, stat);
      return readFileSync(descriptor).toString('utf8');
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof LazaretError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new LazaretError('path.not_found', `The policy file ${path} does not exist.`, { where: path });
    throw new LazaretError('policy.unreadable', `${path} cannot be read: ${message}.`, { where: path, cause: error });
  }
}

/** `FILE:LINE:COLUMN: /pointer: message`, as editors and compilers write it. */
export function formatPolicyFault(file: string, { line, column, path, message }: PolicyFault): string {
  const place = line === undefined || column === undefined ? file : `${file}:${line}:${column}`;
  return `${place}: ${path === '' ? '' : `${path}: `}${message}`;
}

function readPolicy(path: string, text: string): PolicyInForce {
  const { value, placeOf } = parsePolicyText(text, path);
  return acceptPolicy(value, path, {}, placeOf);
}

/** Checks a value that is to be a policy; throws every fault at once. */
export function acceptPolicy(
  value: unknown,
  where: string,
  rules: PolicyCheckRules = {},
  placeOf: PlaceOf = () => null,
): PolicyInForce {
  const checked = checkPolicy(value, rules);
  if (!('faults' in checked)) return inForce(checked.policy, checked.notApplied);
  const faults = checked.faults.map((fault): PolicyFault => ({ ...fault, ...placeOf(fault.path) }));
  throw new PolicyFaults(where, faults.toSorted(byPlace), checked.notApplied);
}

function byPlace(left: PolicyFault, right: PolicyFault): number {
  return (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0);
}

function inForce(policy: Policy, notApplied: readonly NotApplied[]): PolicyInForce {
  return { policy, notApplied, hash: policyHash(policy, (text) => createHash('sha256').update(text).digest('hex')) };
}
