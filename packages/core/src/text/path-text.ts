// SPDX-License-Identifier: Apache-2.0
// Paths as text without loss. Linux names are bytes and need not be UTF-8; core compares text. So the bytes become text in one way that goes
// back: UTF-8, and each byte that is not UTF-8 becomes the lone surrogate U+DC80…U+DCFF (its low byte kept), which no valid name contains.
// A policy's own path is plain text and needs nothing. `?` in an exception matches one such character: one letter, or one bad byte.

const ESCAPE_BASE = 0xdc00;

/** The text of a path's bytes. Lossless: `pathTextToBytes` gives the same bytes again. */
export function pathTextFromBytes(bytes: Uint8Array): string {
  let text = '';
  let index = 0;
  while (index < bytes.length) {
    const first = bytes[index] ?? 0;
    const length = sequenceLength(bytes, index);
    if (length === 0) text += String.fromCharCode(ESCAPE_BASE + first);
    else text += String.fromCodePoint(codePointAt(bytes, index, length));
    index += Math.max(length, 1);
  }
  return text;
}

/** The bytes of a path's text. A lone surrogate outside U+DC80…U+DCFF stands for no bytes: it becomes the three bytes of U+FFFD. */
export function pathTextToBytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (isEscape(code)) bytes.push(code - ESCAPE_BASE);
    else pushUtf8(bytes, code >= 0xd800 && code <= 0xdfff ? 0xfffd : code);
  }
  return Uint8Array.from(bytes);
}

/** Whether a path's text holds bytes that are not UTF-8: then `pathBase64` must stand beside it. */
export function hasForeignBytes(text: string): boolean {
  for (const character of text) if (isEscape(character.codePointAt(0) ?? 0)) return true;
  return false;
}

/** The text for people and JSON: each foreign byte becomes U+FFFD. */
export function displayPath(text: string): string {
  return hasForeignBytes(text)
    ? Array.from(text, (c) => (isEscape(c.codePointAt(0) ?? 0) ? '\u{fffd}' : c)).join('')
    : text;
}

function isEscape(code: number): boolean {
  return code >= ESCAPE_BASE + 0x80 && code <= ESCAPE_BASE + 0xff;
}

/** Length of the valid UTF-8 sequence here, 0 when there is none (overlong forms, surrogates and > U+10FFFF are none). */
function sequenceLength(bytes: Uint8Array, index: number): number {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (first > 0xf4) return 0;
  // Behind the end there are zeros, which continue nothing.
  for (let offset = 1; offset < length; offset++) if (((bytes[index + offset] ?? 0) & 0xc0) !== 0x80) return 0;
  const code = codePointAt(bytes, index, length);
  if (length === 3 && (code < 0x800 || (code >= 0xd800 && code <= 0xdfff))) return 0;
  if (length === 4 && (code < 0x10000 || code > 0x10ffff)) return 0;
  return length;
}

function codePointAt(bytes: Uint8Array, index: number, length: number): number {
  const first = bytes[index] ?? 0;
  if (length === 1) return first;
  let code = first & (0xff >> (length + 1));
  for (let offset = 1; offset < length; offset++) code = code * 64 + ((bytes[index + offset] ?? 0) & 0x3f);
  return code;
}

function pushUtf8(bytes: number[], code: number): void {
  if (code < 0x80) bytes.push(code);
  else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
  else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
}
