// SPDX-License-Identifier: Apache-2.0
// Paths as the gate has them: bytes, written as one character U+0000–U+00FF per byte, so that JSON carries every one of them.
import { pathTextFromBytes, pathTextToBytes } from '../text/path-text.ts';

/** The bytes of a path's text, one character per byte. Null for a text that no path has (a lone surrogate that stands for no byte): nothing meets it. */
export function bytesTextOf(text: string): string | null {
  const bytes = pathTextToBytes(text);
  return pathTextFromBytes(bytes) === text ? bytesTextFromBytes(bytes) : null;
}

/** One character per byte. */
export function bytesTextFromBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The bytes again; what is above U+00FF is no byte and is cut to one. */
export function bytesTextToBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}
