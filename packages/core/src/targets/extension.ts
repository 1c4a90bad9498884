// SPDX-License-Identifier: Apache-2.0
// Extensions as RT-3 and EX-1 mean them: without regard to case, `tar.gz` as one, `""` for no extension, a leading dot in the rule allowed.
// A file named `.htaccess` both has no extension and has `htaccess`: whoever lists either means it.
import { foldCase } from '../text/case-fold.ts';

/** A rule's extension in one form: without regard to case, without its leading dot. */
export function canonicalExtension(extension: string): string {
  return foldCase(extension.startsWith('.') ? extension.slice(1) : extension);
}

/** Whether it can be an extension at all: no separator and no wildcard. */
export function isExtension(extension: string): boolean {
  const canonical = canonicalExtension(extension);
  return !/[/\\*?\0]/.test(canonical) && !canonical.startsWith('.') && !canonical.endsWith('.') && extension !== '.';
}

/** Finds which of a list of extensions a name has. Cost: one look-up for each dot of the name, whatever the length of the list. */
export interface ExtensionIndex {
  /** Index of the rule that the name meets – the longest extension first – or null. */
  find(name: string): number | null;
}

export function compileExtensions(extensions: readonly string[]): ExtensionIndex {
  const positions = new Map<string, number>();
  for (const [index, extension] of extensions.entries()) {
    const canonical = canonicalExtension(extension);
    if (!positions.has(canonical)) positions.set(canonical, index);
  }
  return { find: (name) => findExtension(positions, foldCase(name)) };
}

/** `name.` has the empty one: it is what follows its dot. */
function findExtension(positions: ReadonlyMap<string, number>, name: string): number | null {
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    const position = positions.get(name.slice(dot + 1));
    if (position !== undefined) return position;
  }
  const last = name.lastIndexOf('.');
  return last <= 0 ? (positions.get('') ?? null) : null;
}
