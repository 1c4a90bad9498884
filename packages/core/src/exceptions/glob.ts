// SPDX-License-Identifier: Apache-2.0
// The paths of exceptions (EX-2): `*` any characters of one name, `?` one character of one name, `**` as a whole name: any number of directories,
// also none, and `${VARIABLE}` of the system. There is no escape: a name that holds one of these characters is met by `?`.
// Matching goes back to the last wildcard alone, so its time is bounded by text × pattern: nobody who names files can make it slow.

/** One name of a pattern: literal text and wildcards. `any` is `*`, `one` is `?`. */
export type GlobToken =
  | { readonly literal: string }
  | { readonly variable: string }
  | { readonly wildcard: 'any' | 'one' };

/** A pattern as names; `**` stands alone. */
export type GlobName = '**' | readonly GlobToken[];

/** A parsed pattern, or what is wrong with it. */
export type GlobParse = { readonly names: readonly GlobName[] } | { readonly problem: string };

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_()]*$/;

/** Parses a pattern. Separators are `/`, and `\` too where the pattern begins with a drive. */
export function parseGlob(pattern: string): GlobParse {
  const slashed = /^([a-z]:|\$\{[^}]*\}\\)/i.test(pattern) ? pattern.replaceAll('\\', '/') : pattern;
  const names: GlobName[] = [];
  for (const name of splitNames(slashed)) {
    const parsed = parseName(name);
    if (typeof parsed === 'object' && 'problem' in parsed) return parsed;
    if (!(parsed === '**' && names.at(-1) === '**')) names.push(parsed);
  }
  return { names };
}

/** Splits at separators, but not inside `${…}`; empty names and `.` are nothing. */
function splitNames(pattern: string): readonly string[] {
  return pattern.split('/').filter((name) => name !== '' && name !== '.');
}

function parseName(name: string): GlobName | { readonly problem: string } {
  if (name === '**') return '**';
  if (name.includes('**')) return { problem: `"${name}": ** is allowed only between separators.` };
  const tokens: GlobToken[] = [];
  let rest = name;
  while (rest !== '') {
    const [token, length] = nextToken(rest);
    if (token === null) return { problem: `"${name}": write a variable as \${NAME}.` };
    tokens.push(token);
    rest = rest.slice(length);
  }
  return tokens;
}

function nextToken(text: string): readonly [GlobToken | null, number] {
  if (text.startsWith('*')) return [{ wildcard: 'any' }, 1];
  if (text.startsWith('?')) return [{ wildcard: 'one' }, 1];
  if (text.startsWith('${')) {
    const end = text.indexOf('}');
    const variable = text.slice(2, Math.max(end, 2));
    return VARIABLE.test(variable) ? [{ variable }, end + 1] : [null, 0];
  }
  const stop = /[*?]|\$\{/.exec(text.slice(1));
  const length = stop === null ? text.length : stop.index + 1;
  return [{ literal: text.slice(0, length) }, length];
}

/** A pattern ready to match: each name as a list of parts. */
export interface CompiledGlob {
  readonly names: readonly ('**' | CompiledName)[];
  /** The literal path when there is no wildcard, else null. */
  readonly literal: string | null;
  /** The longest directory that the pattern names without a wildcard. */
  readonly base: string;
}

/** One name: alternating literals and wildcards, as characters. `'*'` and `'?'` are wildcards; a literal is wrapped in an array. */
export type CompiledName = readonly (readonly [string] | '*' | '?')[];

/** Puts the variables in; null when one is not known. `fold` brings text into the form in which paths are compared. */
export function compileGlob(
  names: readonly GlobName[],
  variables: Readonly<Record<string, string>>,
  fold: (text: string) => string,
): CompiledGlob | null {
  const expanded: ('**' | CompiledName)[] = [];
  for (const name of names) {
    const parts = name === '**' ? ['**' as const] : expandName(name, variables, fold);
    if (parts === null) return null;
    expanded.push(...parts);
  }
  const literals = expanded.map((name) => (name === '**' ? null : literalName(name)));
  const stop = literals.indexOf(null);
  const base = `/${literals.slice(0, stop === -1 ? literals.length : stop).join('/')}`;
  return { names: expanded, literal: stop === -1 ? base : null, base };
}

/** The same pattern beneath another directory than its base. */
export function moveGlob({ names, literal, base }: CompiledGlob, target: string): CompiledGlob {
  const split = (path: string): string[] => path.split('/').filter((name) => name !== '');
  const moved = split(target);
  const place = `/${moved.join('/')}`;
  const rest = names.slice(split(base).length);
  return {
    names: [...moved.map((name) => [[name]] as const), ...rest],
    literal: literal === null ? null : place,
    base: place,
  };
}

/** A variable's value may hold separators: then one name becomes several. Wildcards in a value are plain characters. */
function expandName(
  tokens: readonly GlobToken[],
  variables: Readonly<Record<string, string>>,
  fold: (text: string) => string,
): readonly CompiledName[] | null {
  const names: (readonly [string] | '*' | '?')[][] = [[]];
  for (const token of tokens) {
    if ('wildcard' in token) {
      names.at(-1)?.push(token.wildcard === 'any' ? '*' : '?');
      continue;
    }
    const value = 'literal' in token ? token.literal : ownValue(variables, token.variable);
    if (value === null) return null;
    const pieces = fold(value).split('/');
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) names.push([]);
      if (piece !== '') names.at(-1)?.push([piece]);
    }
  }
  return names.filter((name) => name.length > 0);
}

function ownValue(variables: Readonly<Record<string, string>>, name: string): string | null {
  return Object.hasOwn(variables, name) ? (variables[name] ?? null) : null;
}

function literalName(name: CompiledName): string | null {
  let text = '';
  for (const part of name) {
    if (typeof part === 'string') return null;
    text += part[0];
  }
  return text;
}

/** What of a path must match: all of it, or it or a directory above it. */
export type GlobReach = 'exact' | 'self-or-beneath';

/** Whether a canonical path meets the pattern. */
export function globMatches(glob: CompiledGlob, path: string, reach: GlobReach): boolean {
  const names = path.split('/').filter((name) => name !== '');
  return namesMatch(reach === 'exact' ? glob.names : [...glob.names, '**'], names);
}

/** Names against names: `**` takes any number, and only the last `**` is ever tried again. */
function namesMatch(pattern: readonly ('**' | CompiledName)[], names: readonly string[]): boolean {
  let at = 0;
  let index = 0;
  let lastStar = -1;
  let retryAt = 0;
  while (index < names.length) {
    const part = pattern[at];
    if (part === '**') {
      lastStar = at++;
      retryAt = index;
    } else if (part !== undefined && nameMatches(part, names[index] ?? '')) {
      at++;
      index++;
    } else if (lastStar !== -1) {
      at = lastStar + 1;
      index = ++retryAt;
    } else return false;
  }
  while (pattern[at] === '**') at++;
  return at === pattern.length;
}

/** Characters of one name against its parts: only the last `*` is ever tried again. */
function nameMatches(pattern: CompiledName, name: string): boolean {
  let at = 0;
  let index = 0;
  let lastStar = -1;
  let retryAt = 0;
  while (index < name.length || at < pattern.length) {
    const part = pattern[at];
    const step = part === undefined || part === '*' ? -1 : partLength(part, name, index);
    if (part === '*') {
      lastStar = at++;
      retryAt = index;
    } else if (step > 0) {
      at++;
      index += step;
    } else if (lastStar !== -1 && retryAt < name.length) {
      at = lastStar + 1;
      retryAt += characterLength(name, retryAt);
      index = retryAt;
    } else return false;
  }
  return true;
}

/** How many characters a literal or `?` takes here, -1 when it does not match. */
function partLength(part: readonly [string] | '?', name: string, index: number): number {
  if (part === '?') return index < name.length ? characterLength(name, index) : -1;
  return name.startsWith(part[0], index) ? part[0].length : -1;
}

/** A pair of surrogates is one character; a lone one (a byte that is no UTF-8) too. */
function characterLength(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

/** Whether a text without separators (a pattern's name) meets `*` and `?`. */
export function textMatches(pattern: string, text: string): boolean {
  return nameMatches(textParts(pattern), text);
}

/** Such a text as wildcards and literals. */
export function textParts(pattern: string): CompiledName {
  return Array.from(pattern.matchAll(/[*?]|[^*?]+/gu), ([piece]) =>
    piece === '*' || piece === '?' ? piece : ([piece] as const),
  );
}
