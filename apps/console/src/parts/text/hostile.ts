// SPDX-License-Identifier: Apache-2.0
// File names are hostile: control characters, and those that turn the direction of text, are shown as what they are.

/** C0 and C1 controls, DEL, bidi marks, embeddings, overrides and isolates, zero-width characters, line separators, tags, lone surrogates. */
const HOSTILE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** A name in pieces: what is to be read, and escapes that must not be taken for it. */
export interface NamePiece {
  readonly text: string;
  readonly escaped: boolean;
}

export function escapeHostile(text: string): readonly NamePiece[] {
  const pieces: NamePiece[] = [];
  let from = 0;
  for (const match of text.matchAll(HOSTILE)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), escaped: false });
    pieces.push({ text: escapeOf(match[0]), escaped: true });
    from = match.index + match[0].length;
  }
  if (from < text.length || pieces.length === 0) pieces.push({ text: text.slice(from), escaped: false });
  return pieces;
}

/** The same as plain text, for titles and exports. */
export function hostileToText(text: string): string {
  return escapeHostile(text)
    .map((piece) => piece.text)
    .join('');
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x0a) return '\\n';
  if (code === 0x0d) return '\\r';
  if (code === 0x09) return '\\t';
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return `\\u{${code.toString(16)}}`;
}
