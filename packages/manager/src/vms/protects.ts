// SPDX-License-Identifier: Apache-2.0
// How far a VM is protected by its policy in force: a green state for one folder must not look like one for everything.
import { checkPolicy, type ScanScope, SCOPE_PATHS_MAX, type Vm } from '@lazaret/contract';
import type { Policy, ScanSettings } from '@lazaret/core';
import type { TenantTransaction } from '../database/index.ts';

export type Protects = NonNullable<Vm['protects']>;

/** By the hash of each policy that is ours. */
export async function readProtects(
  tx: TenantTransaction,
  rows: readonly { readonly applied_hash: string | null }[],
): Promise<ReadonlyMap<string, Protects>> {
  const hashes = [...new Set(rows.flatMap(({ applied_hash }) => applied_hash ?? []))];
  if (hashes.length === 0) return new Map();
  const found = await tx
    .selectFrom('policy_documents')
    .select(['hash', 'document'])
    .where('hash', 'in', hashes)
    .execute();
  return new Map(
    found.flatMap(({ hash, document }): [string, Protects][] => {
      const checked = checkPolicy(JSON.parse(document), { startWindow: 'lifted', unknown: 'kept' });
      return 'faults' in checked ? [] : [[hash, protectsOf(checked.policy)]];
    }),
  );
}

function protectsOf({ realtime, scheduled }: Policy): Protects {
  return {
    realtime: realtime.enabled ? scopeOf(realtime) : null,
    scheduled: scheduled.enabled ? scopeOf(scheduled) : null,
  };
}

function scopeOf({ directories, files, exceptions }: ScanSettings): ScanScope {
  const paths = directories.kind === 'all' ? [] : directories.entries.map(({ path }) => path);
  return {
    directories: directories.kind,
    paths: paths.slice(0, SCOPE_PATHS_MAX),
    morePaths: Math.max(0, paths.length - SCOPE_PATHS_MAX),
    files: files.kind,
    exceptions: exceptions.length,
  };
}
