// SPDX-License-Identifier: Apache-2.0
// Explains why a path is scanned or not (EX-3). It gathers the facts about this VM and asks core, which uses the same functions as the scans.
import {
  everyoneCanWrite,
  HOST_SYSTEM,
  linkOf,
  placeOf,
  programLookup,
  readMountTable,
  realPath,
  systemVariables,
  userId,
} from '@lazaret/host';
import {
  explainPath,
  pathTextFromBytes,
  temporal,
  type Explanation,
  type ScanKind,
  type TargetFacts,
} from '@lazaret/core';
import type { PolicyInForce } from '../policy/index.ts';
import type { ReleaseTables } from '@lazaret/patterns';

export interface Explained {
  readonly path: string;
  readonly exists: boolean;
  /** The path leads elsewhere: links are not followed by a scan, their targets are files of their own. */
  readonly link: boolean;
  readonly kinds: readonly Explanation[];
  readonly policyHash: string;
}

export interface ExplainParts {
  readonly inForce: PolicyInForce;
  readonly tables: Pick<ReleaseTables, 'intelliScan'>;
  readonly ownDirectories: readonly string[];
  readonly nowMs: number;
}

/** `path` is absolute; it need not exist. */
export function explainFile(path: Buffer, parts: ExplainParts): Explained {
  const real = realPath(path);
  const place = real ?? path;
  const mounts = readMountTable();
  const { policy } = parts.inForce;
  const targets = (kind: ScanKind): TargetFacts => {
    const { directories } = policy[kind];
    return {
      operatingSystem: HOST_SYSTEM,
      ownDirectories: parts.ownDirectories,
      intelliScan: parts.tables.intelliScan,
      entries: (directories.kind === 'list' ? directories.entries : []).map((entry) => {
        const target = realPath(entry.path);
        return target === null
          ? { exists: false, target: entry.path, fileSystem: null }
          : { exists: true, target: pathTextFromBytes(target), fileSystem: mounts.classAt(target) };
      }),
    };
  };
  const kinds = explainPath(policy, {
    path: { path: pathTextFromBytes(place), fileSystem: mounts.classAt(place) },
    targets: { realtime: targets('realtime'), scheduled: targets('scheduled'), manual: targets('manual') },
    exceptions: {
      operatingSystem: HOST_SYSTEM,
      now: temporal.Instant.fromEpochMilliseconds(Math.round(parts.nowMs)),
      variables: systemVariables(),
      everyoneCanWrite,
      link: linkOf,
      program: programLookup(),
      userId,
    },
  });
  return {
    path: pathTextFromBytes(place),
    exists: isFile(place),
    link: real !== null && !real.equals(path),
    kinds,
    policyHash: parts.inForce.hash,
  };
}

function isFile(path: Buffer): boolean {
  const place = placeOf(path, { followLast: true });
  return place.found && place.type === 'regular';
}
