// SPDX-License-Identifier: Apache-2.0
// Which room imports which, read from the import statements of the sources. Tests do not count.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** What only tests have: the pictures leave it out. */
export function isNoProduct(path: string): boolean {
  return /\.test\.|\/test-|\/(?:testing|testkit|fuzz|bench|host\/src\/contract|host\/src\/memory)\/|\.d\.ts$/.test(
    path,
  );
}

export interface Source {
  /** From the root of the checkout. */
  readonly path: string;
  readonly text: string;
}

/** A room, and the rooms that it imports, both in the order of their names. */
export type Arrows = ReadonlyMap<string, readonly string[]>;

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)\s*import\s+'([^']+)'/g;

export function readSources(root: string): readonly Source[] {
  return globSync(['apps/*/src/**/*.{ts,tsx}', 'packages/*/src/**/*.ts', 'native/*/src/**/*.ts'], { cwd: root })
    .filter((path) => !isNoProduct(path))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** `roomOf` answers null for what is in no room of the picture. */
export function findArrows(sources: readonly Source[], roomOf: (path: string) => string | null): Arrows {
  const arrows = new Map<string, Set<string>>();
  for (const { path, text } of sources) {
    const room = roomOf(path);
    if (room === null) continue;
    const to = arrows.get(room) ?? new Set<string>();
    arrows.set(room, to);
    for (const [, from, dynamic, bare] of text.matchAll(IMPORT)) {
      const target = roomOf(targetOf(path, from ?? dynamic ?? bare ?? ''));
      if (target !== null && target !== room) to.add(target);
    }
  }
  return new Map([...arrows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([room, to]) => [room, [...to].toSorted()]));
}

/** A path from the root. Packages of the checkout by their folder; what is none of ours stays as it is. */
function targetOf(path: string, specifier: string): string {
  if (specifier.startsWith('.')) return relative('.', join(dirname(path), specifier));
  const own = /^@lazaret\/([a-z-]+)/.exec(specifier)?.[1];
  if (own === undefined) return specifier;
  return ['safefs', 'fdlink'].includes(own) ? `native/${own}/src/index.ts` : `packages/${own}/src/index.ts`;
}

/** Without the arrows that follow from others: a room that is reached by way of another one is not named again. */
export function withoutDetours(arrows: Arrows): Arrows {
  const reaches = (from: string, to: string, seen: Set<string>): boolean =>
    (arrows.get(from) ?? []).some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
  return new Map(
    [...arrows].map(([room, to]) => [
      room,
      to.filter((target) => !to.some((other) => other !== target && reaches(other, target, new Set([room, other])))),
    ]),
  );
}

/** True where some room reaches itself: then no arrow may be left out. */
export function hasCycle(arrows: Arrows): boolean {
  const done = new Set<string>();
  const visit = (room: string, above: readonly string[]): boolean => {
    if (above.includes(room)) return true;
    if (done.has(room)) return false;
    done.add(room);
    return (arrows.get(room) ?? []).some((next) => visit(next, [...above, room]));
  };
  return [...arrows.keys()].some((room) => visit(room, []));
}
