// SPDX-License-Identifier: Apache-2.0
// Finds the titles of tests in a source file: the first argument of `it(…)`, `test(…)` and `t.test(…)` where it is a string. The text is read
// token by token, so that a call inside a string, a template or a comment is none. Skipped and to-do tests prove nothing and are left out.

export interface Title {
  readonly text: string;
  readonly line: number;
}

/** The titles of a file in their order. Of a template, the part before its first `${`. */
export function findTitles(source: string): readonly Title[] {
  const titles: Title[] = [];
  let index = 0;
  let before = '';
  while (index < source.length) {
    const end = tokenEnd(source, index, before);
    const token = source.slice(index, end);
    const call = /^(?:it|test)$/.test(token) ? titleAt(source, index, end) : null;
    if (call !== null) titles.push({ text: call, line: lineAt(source, index) });
    if (!/^\s/.test(token) && !token.startsWith('//') && !token.startsWith('/*')) before = token;
    index = end;
  }
  return titles;
}

/** The title, when the word at `start` is called with a string. */
function titleAt(source: string, start: number, end: number): string | null {
  const receiver = /([\w$]+)\s*\.\s*$/.exec(source.slice(Math.max(0, start - 40), start));
  if (receiver !== null && !['t', 'context'].includes(receiver[1] ?? '')) return null;
  const argument = /^\s*\(\s*(['"`])/.exec(source.slice(end, end + 200));
  if (argument === null) return null;
  const from = end + argument[0].length - 1;
  const literal = source.slice(from + 1, stringEnd(source, from) - 1);
  const text = argument[1] === '`' ? (literal.split('${')[0] ?? '') : literal;
  return text.replaceAll(/\\(.)/g, '$1');
}

/** Where the token that begins here ends. */
function tokenEnd(source: string, index: number, before: string): number {
  const rest = source[index] ?? '';
  const two = source.slice(index, index + 2);
  if (two === '//') return orEnd(source.indexOf('\n', index), source);
  if (two === '/*') return orEnd(source.indexOf('*/', index + 2), source, 2);
  if (rest === "'" || rest === '"' || rest === '`') return stringEnd(source, index);
  if (rest === '/' && beginsExpression(before)) return regularExpressionEnd(source, index);
  const word = /^(?:[\w$]+|\s+)/.exec(source.slice(index, index + 200));
  return index + (word === null ? 1 : word[0].length);
}

/** After these a `/` opens a regular expression; after a value it divides. */
function beginsExpression(before: string): boolean {
  return /^(?:|[(,=:[!&|?{};+*%<>~^-]|return|typeof|case|in|of|=>)$/.test(before);
}

function regularExpressionEnd(source: string, index: number): number {
  let inClass = false;
  for (let at = index + 1; at < source.length && source[at] !== '\n'; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === '[') inClass = true;
    else if (source[at] === ']') inClass = false;
    else if (source[at] === '/' && !inClass) return at + 1;
  }
  return index + 1;
}

/** Behind the closing quote; of a template with the code of its `${…}` inside. */
function stringEnd(source: string, index: number): number {
  const quote = source[index];
  for (let at = index + 1; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === quote) return at + 1;
    else if (quote === '`' && source.startsWith('${', at)) at = substitutionEnd(source, at + 2) - 1;
    else if (quote !== '`' && source[at] === '\n') return at;
  }
  return source.length;
}

function substitutionEnd(source: string, index: number): number {
  let depth = 1;
  let before = '(';
  for (let at = index; at < source.length; ) {
    const end = tokenEnd(source, at, before);
    const token = source.slice(at, end);
    if (token === '{') depth++;
    if (token === '}' && --depth === 0) return end;
    if (!/^\s/.test(token)) before = token;
    at = end;
  }
  return source.length;
}

function orEnd(position: number, source: string, length = 0): number {
  return position === -1 ? source.length : position + length;
}

function lineAt(source: string, index: number): number {
  return source.slice(0, index).split('\n').length;
}
