// SPDX-License-Identifier: Apache-2.0
// Which error codes the product's sources name: thrown, returned as `code: '…'`, or members of a closed union of codes; and in the C++ programs
// every string of a code's form whose area is one of theirs.

/** `new LazaretError('code'` and `code: 'code'` and `| 'code'` of a type whose name ends in Code. */
const THROWN = /new LazaretError\(\s*'([a-z0-9_.-]+)'/g;
const RETURNED = /\bcode: '([a-z0-9_.-]+)'/g;
const UNION = /type \w*Code\b[^=;]*=([^;]+);/g;
const NATIVE = /"((?:patterns|scanner)\.[a-z_]+)"/g;

export function findUsedCodes(path: string, source: string): readonly string[] {
  if (!path.endsWith('.ts')) return all(NATIVE, source);
  const members = all(UNION, source).flatMap((union) => all(/'([a-z0-9-]+\.[a-z0-9_.]+)'/g, union));
  return [...all(THROWN, source), ...all(RETURNED, source), ...members];
}

function all(pattern: RegExp, text: string): readonly string[] {
  return Array.from(text.matchAll(pattern), (match) => match[1] ?? '');
}
