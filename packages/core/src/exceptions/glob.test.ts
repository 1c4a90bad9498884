// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type CompiledGlob, compileGlob, globMatches, parseGlob, textMatches } from './glob.ts';

const seed = Number(process.env['LAZARET_SEED'] ?? 20_261_124);
/** Each mutant pays for them (tools/mutants). */
const runs = process.env['LAZARET_MUTANTS'] === '1' ? 1_000 : 20_000;

function glob(pattern: string, variables: Readonly<Record<string, string>> = {}): CompiledGlob {
  const parsed = parseGlob(pattern);
  assert.ok('names' in parsed, pattern);
  const compiled = compileGlob(parsed.names, variables, (text) => text);
  assert.ok(compiled, pattern);
  return compiled;
}

const matches = (pattern: string, path: string): boolean => globMatches(glob(pattern), path, 'exact');

/** The meaning, letter by letter, without any thought of time. */
function naive(pattern: readonly string[], names: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return names.length === 0;
  if (first === '**')
    return Array.from({ length: names.length + 1 }, (_, skip) => names.slice(skip)).some((tail) => naive(rest, tail));
  return names.length > 0 && naiveName(Array.from(first), Array.from(names[0] ?? '')) && naive(rest, names.slice(1));
}

function naiveName(pattern: readonly string[], name: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return name.length === 0;
  if (first === '*') return naiveName(rest, name) || (name.length > 0 && naiveName(pattern, name.slice(1)));
  return name.length > 0 && (first === '?' || first === name[0]) && naiveName(rest, name.slice(1));
}

describe(`globs of exceptions (seed ${seed})`, () => {
  it('EX-2a: * and ? stay within a name, ** goes over any number of directories', () => {
    for (const [pattern, path, expected] of [
      ['/srv/*', '/srv/a', true],
      ['/srv/*', '/srv/a/b', false],
      ['/srv/*', '/srv', false],
      ['/srv/*.log', '/srv/.log', true],
      ['/srv/a?c', '/srv/abc', true],
      ['/srv/a?c', '/srv/ac', false],
      ['/srv/a?c', '/srv/a/c', false],
      ['/srv/?', '/srv/\u{1f600}', true],
      ['/srv/?', '/srv/\udc80', true],
      ['/srv/?b', '/srv/\uffffb', true],
      ['/srv/a:\\b', '/srv/a:\\b', true],
      ['C:\\a\\**\\b', '/C:/a/x/b', true],
      ['/srv/*\udc80', '/srv/\u{10080}', false],
      ['/srv/*\udc80', '/srv/x\udc80', true],
      ['/**/x', '/x', true],
      ['/**/x', '/a/b/x', true],
      ['/a/**/x', '/a/x', true],
      ['/a/**/x', '/b/x', false],
      ['/a/**', '/a', true],
      ['/a/**/**/b', '/a/b', true],
      ['/a//./b/', '/a/b', true],
      ['/a.c', '/abc', false],
    ] as const)
      assert.equal(matches(pattern, path), expected, `${pattern} on ${path}`);
  });

  it('EX-2a: a directory pattern holds all beneath', () => {
    const cache = glob('/srv/*/cache');
    for (const [path, expected] of [
      ['/srv/a/cache', true],
      ['/srv/a/cache/b/c', true],
      ['/srv/a', false],
      ['/srv/a/cached', false],
      ['/srv/a/b/cache', false],
    ] as const)
      assert.equal(globMatches(cache, path, 'self-or-beneath'), expected, path);
  });

  it('EX-2b: a variable is put in as it is: its own * is a plain character, its separators separate', () => {
    const variables = { HOME: '/root', ODD: 'a*b', EMPTY: '' };
    assert.equal(globMatches(glob('${HOME}/x', variables), '/root/x', 'exact'), true);
    assert.equal(globMatches(glob('/srv/${ODD}', variables), '/srv/aXb', 'exact'), false);
    assert.equal(globMatches(glob('/srv/${ODD}', variables), '/srv/a*b', 'exact'), true);
    assert.equal(globMatches(glob('/srv/x${EMPTY}y*', variables), '/srv/xyz', 'exact'), true);
    assert.equal(globMatches(glob('${HOME}\\**\\x', variables), '/root/a/x', 'exact'), true);
    const unknown = parseGlob('/srv/${NOT_THERE}');
    assert.ok('names' in unknown);
    assert.equal(
      compileGlob(unknown.names, variables, (text) => text),
      null,
    );
    assert.equal(
      compileGlob([[{ variable: 'constructor' }]], variables, (text) => text),
      null,
    );
  });

  it('EX-2a: what cannot be read is refused', () => {
    for (const pattern of ['/a/b**', '/a/***', '/a/${', '/a/${}', '/a/${A B}', '/a/**b/c']) {
      assert.ok('problem' in parseGlob(pattern), pattern);
    }
  });

  it('EX-2a: agrees with the naive meaning on generated patterns and paths', () => {
    const name = fc
      .string({ unit: fc.constantFrom('a', 'b', '\u{1f600}', '.'), minLength: 1, maxLength: 5 })
      .filter((text) => text !== '.');
    const part = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '\u{1f600}'), minLength: 1, maxLength: 5 });
    const parts = part.filter((text) => !text.includes('**'));
    const patternNames = fc.array(fc.oneof(parts, parts, fc.constant('**')), { minLength: 1, maxLength: 5 });
    let agreed = 0;
    fc.assert(
      fc.property(patternNames, fc.array(name, { maxLength: 5 }), (pattern, names) => {
        const expected = naive(pattern, names);
        assert.equal(globMatches(glob(`/${pattern.join('/')}`), `/${names.join('/')}`, 'exact'), expected);
        if (expected) agreed++;
      }),
      { seed, numRuns: runs },
    );
    assert.ok(agreed > runs / 100, `only ${agreed} matches: the property proves little`);
  });

  it('EX-2a: hostile names and patterns cost bounded time', () => {
    const pattern = glob(`/${'*a'.repeat(40)}b/${Array.from({ length: 20 }, () => '**/*a*').join('/')}/z`);
    const path = `/${'a'.repeat(200)}${`/${'a'.repeat(100)}`.repeat(38)}`;
    const startedAt = performance.now();
    for (let run = 0; run < 20; run++) assert.equal(globMatches(pattern, path, 'exact'), false);
    // Thousands of times what it takes; an exponential matcher would not end at all.
    assert.ok(performance.now() - startedAt < 5_000);
  });

  it('EX-2d: * and ? in the name of a pattern, dots as they are', () => {
    assert.equal(textMatches('Win.Test.EICAR*', 'Win.Test.EICAR_HDB-1'), true);
    assert.equal(textMatches('Win.Test.?ICAR', 'Win.Test.EICAR'), true);
    assert.equal(textMatches('Win.Test', 'WinXTest'), false);
    assert.equal(textMatches('*', ''), true);
  });
});
