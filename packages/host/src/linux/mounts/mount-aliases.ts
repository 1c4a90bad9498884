// SPDX-License-Identifier: Apache-2.0
// AC-14: one place, several paths: a bind mount shows a directory, or a single file, somewhere else, and so does a file system that is mounted twice. Known by
// what the kernel says of each mount: which device, and which directory of it. Pure.
import type { Mount } from '@lazaret/safefs';

/** As text, once for all questions. */
export interface SeenMount {
  readonly device: string;
  readonly root: string;
  readonly mountPoint: string;
}

export function asText({ device, root, mountPoint }: Mount): SeenMount {
  return { device, root: root.toString(), mountPoint: mountPoint.toString() };
}

/** Enough for any machine that is run; what lies beyond is a table of mounts that somebody floods. */
const ALIASES_MAX = 10_000;

/** Where else what lies at or below `path` is shown: a path stands for all below it. Paths are canonical. */
export function mountAliases(path: string, mounts: readonly SeenMount[]): readonly string[] {
  const own = mountOf(path, mounts);
  if (own === null) return [];
  const within = join(own.root, below(path, own.mountPoint) ?? '');
  const found = new Set<string>();
  for (const mount of mounts) {
    if (mount.device !== own.device || found.size >= ALIASES_MAX) continue;
    const alias = aliasIn(within, mount.root, mount.mountPoint);
    if (alias !== null && alias !== path) found.add(alias);
  }
  return [...found];
}

/** A mount that shows what is above the place has it below itself; one that shows something in the place is part of it as a whole. */
function aliasIn(within: string, root: string, mountPoint: string): string | null {
  const rest = below(within, root);
  if (rest !== null) return join(mountPoint, rest);
  return below(root, within) === null ? null : mountPoint;
}

/** The last mount of the longest mount point that holds the path: later ones lie over earlier ones. */
function mountOf(path: string, mounts: readonly SeenMount[]): SeenMount | null {
  let best: SeenMount | null = null;
  for (const mount of mounts) {
    if (below(path, mount.mountPoint) === null) continue;
    if (best === null || mount.mountPoint.length >= best.mountPoint.length) best = mount;
  }
  return best;
}

/** What follows `directory` in `path`; "" for the directory itself, null where the path lies elsewhere. */
function below(path: string, directory: string): string | null {
  if (directory === '/') return path === '/' ? '' : path.slice(1);
  if (path === directory) return '';
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : null;
}

function join(directory: string, rest: string): string {
  if (rest === '') return directory;
  return directory === '/' ? `/${rest}` : `${directory}/${rest}`;
}
