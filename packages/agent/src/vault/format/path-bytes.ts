// SPDX-License-Identifier: Apache-2.0
// Paths as bytes: cut into folder and name, and shown to people.
import { LazaretError } from '@lazaret/core';

const SLASH = 0x2f;

/** Folder and last name of an absolute path that has one. */
export function splitPath(path: Buffer): { readonly parent: Buffer; readonly name: Buffer } {
  const cut = path.lastIndexOf(SLASH);
  const name = path.subarray(cut + 1);
  const ends = ['', '.', '..'].includes(name.toString());
  if (path[0] !== SLASH || ends || path.includes(0)) {
    throw new LazaretError('path.invalid', 'the path must be absolute and end in a file name', {
      where: showPath(path),
    });
  }
  return { parent: cut === 0 ? Buffer.from('/') : path.subarray(0, cut), name };
}

/** For people: invalid UTF-8 and control characters are escaped, so that a name cannot write into a terminal. */
export function showPath(path: Buffer): string {
  const text = path.toString();
  const valid = Buffer.from(text).equals(path);
  return Array.from(valid ? text : path.toString('latin1'), (character) => showCharacter(character, valid)).join('');
}

function showCharacter(character: string, valid: boolean): string {
  const code = character.codePointAt(0) ?? 0;
  const plain = code >= 0x20 && code !== 0x7f && (code < 0x80 || (valid && code >= 0xa0));
  return plain ? character : `\\x${code.toString(16).padStart(2, '0')}`;
}
