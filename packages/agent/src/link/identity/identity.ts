// SPDX-License-Identifier: Apache-2.0
// This VM's identity towards its manager: key, certificate, and the authorities by which the manager is known. It owns `<state>/link/identity.json`. This is a
// single file, so that it changes as a whole. The key never leaves it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { trustSchema } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { writeFileAtomic } from '@lazaret/platform';

const identitySchema = z.object({
  vmId: z.uuid(),
  tenantId: z.uuid(),
  certificate: z.string(),
  privateKey: z.string(),
  trust: trustSchema,
  activatedAt: z.iso.datetime(),
});
export type LinkIdentity = z.infer<typeof identitySchema>;

export interface IdentityStore {
  /** Null: this VM belongs to no manager. */
  read(): LinkIdentity | null;
  write(identity: LinkIdentity): void;
  /** Forgets the manager. Its policy stays in force as the VM's own, where the VM has none: leaving a manager must not end protection. */
  remove(): void;
  /** Where the manager's policy is kept. */
  readonly policyFile: string;
}

export function identityStore(stateDirectory: string): IdentityStore {
  const directory = join(stateDirectory, 'link');
  const path = join(directory, 'identity.json');
  const policyFile = join(directory, 'policy.json');
  const ownPolicyFile = join(stateDirectory, 'policy.yaml');
  let known: LinkIdentity | null = null;
  return {
    policyFile,
    read: () => (known ??= load(path)),
    write: (identity) => {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      writeFileAtomic(path, `${JSON.stringify(identity)}\n`, 0o600);
      known = identity;
    },
    remove: () => {
      rmSync(path, { force: true });
      if (existsSync(policyFile) && !existsSync(ownPolicyFile)) renameSync(policyFile, ownPolicyFile);
      rmSync(policyFile, { force: true });
      known = null;
    },
  };
}

function load(path: string): LinkIdentity | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const parsed = identitySchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new LazaretError('link.certificate', `${path} is damaged. Activate this VM again.`, { where: path });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function sha256Hex(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}
