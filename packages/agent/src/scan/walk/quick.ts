// SPDX-License-Identifier: Apache-2.0
// The roots of a quick scan (SC-6): the places where malware starts, and files that changed recently elsewhere, which a walk finds without opening anything.
import type { Root } from './source.ts';
import type { Host } from '@lazaret/host/ports';

/** A file that changed within so long is looked at wherever it lies. */
const QUICK_CHANGED_WITHIN_MS = 24 * 60 * 60 * 1000;

export function quickRoots(nowMs: number, localTypes: readonly string[], host: Host['paths']): readonly Root[] {
  const wanted = host.quickPlaces();
  const paths = new Map<string, Buffer>();
  for (const path of wanted) {
    const real = host.realPath(path);
    if (real !== null) paths.set(real.toString('latin1'), real);
  }
  const kept = [...paths.keys()].filter((path) => !ancestors(path).some((above) => paths.has(above)));
  const places = kept.toSorted().map((path) => Buffer.from(path, 'latin1'));
  const roots = places.map((path) => ({ path, subdirectories: true, crossFileSystemTypes: [] }));
  const changedSinceMs = nowMs - QUICK_CHANGED_WITHIN_MS;
  const lately = {
    path: Buffer.from('/'),
    subdirectories: true,
    crossFileSystemTypes: localTypes,
    changedSinceMs,
    prune: places,
  };
  return [...roots, lately];
}

function ancestors(path: string): string[] {
  const above: string[] = [];
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) above.push(path.slice(0, at));
  return above;
}
