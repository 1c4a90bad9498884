// SPDX-License-Identifier: Apache-2.0
// What is wrong with a scope when it is set (RT-2, RT-3, LM-8). What is wrong with it on a VM – an entry that is not there, a mount that is a
// network's – is a warning of compile.ts, because a policy is written before the VM is seen.
import type { OperatingSystem } from '../actions/action.ts';
import type { Fault } from '../fault.ts';
import { climbs, isAbsolutePath, isNetworkPath } from '../text/paths.ts';
import type { DirectoryScope, FileScope } from '../policy/policy.ts';
import { isExtension } from './extension.ts';

/** Every fault of a directory scope. Without an operating system (a policy for many VMs) either's absolute form will do. */
export function findDirectoryScopeFaults(scope: DirectoryScope, operatingSystem?: OperatingSystem): readonly Fault[] {
  if (scope.kind === 'all') return [];
  const paths = scope.entries.flatMap((entry, index) =>
    findTargetPathFaults(entry.path, `/entries/${index}/path`, operatingSystem),
  );
  return [...findListFaults(scope), ...paths];
}

/** RT-2: an empty list is refused. */
export function findListFaults(scope: DirectoryScope): readonly Fault[] {
  if (scope.kind === 'all' || scope.entries.length > 0) return [];
  const message = 'The list of directories is empty, so nothing would be scanned.';
  return [{ code: 'targets.empty_list', path: '/entries', message }];
}

/** Every fault of one directory of a list. */
export function findTargetPathFaults(
  path: string,
  pointer: string,
  operatingSystem?: OperatingSystem,
): readonly Fault[] {
  return findPathFaults(path, pointer, operatingSystem, 'targets.relative');
}

/** Every fault of a path that a rule names: a network's (LM-8), a relative one, one that climbs. */
export function findPathFaults(
  path: string,
  pointer: string,
  operatingSystem: OperatingSystem | undefined,
  relativeCode: 'targets.relative' | 'exceptions.relative',
): readonly Fault[] {
  if (isNetworkPath(path)) {
    return [
      {
        code: 'targets.network',
        path: pointer,
        message: `"${path}" is a network drive. Lazaret never scans network drives.`,
      },
    ];
  }
  const systems: readonly OperatingSystem[] = operatingSystem === undefined ? ['linux', 'windows'] : [operatingSystem];
  if (!systems.some((system) => isAbsolutePath(path, system))) {
    return [{ code: relativeCode, path: pointer, message: `"${path}" is not absolute. Write the full path.` }];
  }
  if (climbs(path) || path.includes('\0')) {
    return [
      {
        code: 'path.not_canonical',
        path: pointer,
        message: `"${path}" contains ".." or a zero byte. Write the path without them.`,
      },
    ];
  }
  return [];
}

/** Every fault of a file scope (RT-3). */
export function findFileScopeFaults(scope: FileScope): readonly Fault[] {
  if (scope.kind !== 'extensions') return [];
  if (scope.extensions.length === 0) {
    return [
      {
        code: 'targets.no_extensions',
        path: '/extensions',
        message: 'The list of extensions is empty, so nothing would be scanned.',
      },
    ];
  }
  return scope.extensions.flatMap((extension, index) => findExtensionFaults(extension, `/extensions/${index}`));
}

/** The fault of one extension. */
export function findExtensionFaults(extension: string, pointer: string): readonly Fault[] {
  if (isExtension(extension)) return [];
  const message = `"${extension}" is not a file extension. Write exe, tar.gz, or "" for files without an extension.`;
  return [{ code: 'targets.extension', path: pointer, message }];
}
