// SPDX-License-Identifier: Apache-2.0
// One deliberate fault: where it is made, and which tests must see it. Its place is found by the symbol that it stands in, never by a line number.

export interface Edit {
  readonly name: string;
  readonly file: string;
  /** The declaration that holds the place: `function NAME`, `const NAME`, a method or a field. Empty: the whole file. */
  readonly symbol: string;
  readonly from: string | RegExp;
  readonly to: string;
  /** Test files of which one must fail. */
  readonly tests: readonly string[];
  /** Only the tests whose titles fit. */
  readonly only?: string;
  /** What is compiled is built anew, before and after. */
  readonly native?: boolean;
}

/** The text with the fault. Throws when the symbol or the place is not there exactly once: an edit that no longer fits proves nothing. */
export function applyEdit(
  source: string,
  { name, symbol, from, to }: Pick<Edit, 'name' | 'symbol' | 'from' | 'to'>,
): string {
  const { start, end } = symbol === '' ? { start: 0, end: source.length } : findSymbol(source, symbol, name);
  const body = source.slice(start, end);
  const places = typeof from === 'string' ? body.split(from).length - 1 : [...body.matchAll(global(from))].length;
  if (places !== 1)
    throw new Error(`${name}: ${places} places in ${symbol || 'the file'} fit ${String(from)}; one is wanted`);
  const changed = body.replace(from, () => to);
  if (changed === body) throw new Error(`${name}: the edit changes nothing`);
  return source.slice(0, start) + changed + source.slice(end);
}

function global(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, pattern.flags.includes('g') ? pattern.flags : `${pattern.flags}g`);
}

/** From its declaration to the next line that is indented no deeper and closes it. */
function findSymbol(source: string, symbol: string, name: string): { start: number; end: number } {
  const declared = new RegExp(
    String.raw`^([ \t]*)(?:export\s+)?(?:async\s+)?(?:(?:function|const|let|bool|void|int)\s+(?:\w+::)?)?${symbol}\b.*$`,
    'gm',
  );
  const found = [...source.matchAll(declared)].filter(([line]) => /[=({[]/.test(line) && !/\)\s*:[^={]*;$/.test(line));
  const [first] = found;
  if (first === undefined || found.length > 1)
    throw new Error(`${name}: ${found.length} declarations of ${symbol}; one is wanted`);
  const start = first.index;
  const lineEnd = start + first[0].length;
  const closing = new RegExp(`^${first[1] ?? ''}[\\]})].*(?<!\\{)$`, 'gm');
  closing.lastIndex = lineEnd;
  const isOneLine = /[;,]$/.test(first[0].trimEnd());
  const close = isOneLine ? null : closing.exec(source);
  return { start, end: close === null ? lineEnd : close.index + close[0].length };
}
