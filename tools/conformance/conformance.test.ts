// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatConformance } from './document.ts';
import { collectProofs } from './proofs.ts';
import { parseRequirements } from './requirements.ts';
import { findTitles } from './titles.ts';
import { findUnproved } from './unproved.ts';

const TEXT = `
## Limits
Words with - a dash: no claim.

### LM-1 [S] One
- a: first
- b: second

### LM-2 [+] Two
- a: only

## Actions
### AC-1 [S] Three
- a: x
- b: y
- c: z

## Not met yet, and why
| claims | why |
|---|---|
| LM-1b, AC-1b–c | later |
`;

const requirements = parseRequirements(TEXT);
const proofsOf = (...titles: readonly string[]) =>
  collectProofs(requirements, [{ path: 'a/x.test.ts', titles: titles.map((text) => ({ text, line: 1 })) }]);

describe('requirements', () => {
  it('rows, claims and reasons are read', () => {
    assert.deepEqual(
      requirements.rows.map(({ id, source, section, claims }) => [id, source, section, claims.length]),
      [
        ['LM-1', 'S', 'Limits', 2],
        ['LM-2', '+', 'Limits', 1],
        ['AC-1', 'S', 'Actions', 3],
      ],
    );
    assert.deepEqual([...requirements.reasons.keys()], ['LM-1b', 'AC-1b', 'AC-1c']);
  });

  it('what looks like a row or claim and is none is an error', () => {
    for (const [text, problem] of [
      ['### LM-1 One\n- a: x', /no row/],
      ['### LM-1 [S] One\n- b: x', /should be LM-1a/],
      ['### LM-1 [S] One\n- x', /no claim/],
      ['### LM-1 [S] One', /has no claim/],
      ['### LM-1 [S] One\n- a: x\n### LM-1 [S] One\n- a: x', /stands twice/],
      ['### LM-1 [S] One\n- a: x\n## Not met yet\n| LM-9 | why |', /names no claim/],
      ['### LM-1 [S] One\n- a: x\n## Not met yet\n| LM-1b | why |', /names no claim/],
      ['### LM-1 [S] One\n- a: x\n## Not met yet\n| LM-1 | why |\n| LM | why |', /two reasons/],
    ] as const)
      assert.throws(() => parseRequirements(text), problem, text);
  });
});

describe('titles', () => {
  const titles = (source: string): readonly string[] => findTitles(source).map(({ text }) => text);

  it('of it, test and t.test, in every kind of quote', () => {
    assert.deepEqual(
      titles(`it('a', f); test("b", f); it(\`c \${1}\`, f); await t.test(\n 'd',\n f); it('it\\'s', f)`),
      ['a', 'b', 'c ', 'd', "it's"],
    );
  });

  it('not of strings, templates, comments, other calls and skipped tests', () => {
    for (const source of [
      `const x = "it('a', f)";`,
      'const x = `it("a") ${y("}")} test("b")`;',
      `// it('a')\n/* test('b') */`,
      `describe('a', f); wait('b'); regex.test('c'); unit('d')`,
      `it.skip('a', f); test.todo('b'); it(title, f)`,
      `const r = /it('a')/; const q = x / 2; const s = [/[/]it("b")/];`,
    ])
      assert.deepEqual(titles(source), [], source);
  });

  it('what follows a string, a template, a division or an expression is still found, with its line', () => {
    assert.deepEqual(titles('const a = `${`}`}`; it("a")'), ['a']);
    assert.deepEqual(titles(`const a = b / c; it('a'); const d = e / f;`), ['a']);
    assert.deepEqual(titles(`if (/'/.test(x)) it('a')`), ['a']);
    assert.deepEqual(findTitles('\n\nit("a")'), [{ text: 'a', line: 3 }]);
  });
});

describe('proofs', () => {
  it('several ids at the start of a title, and a bare row where it has one letter', () => {
    const { filesByClaim, problems } = proofsOf(
      'LM-1a, AC-1a: both',
      'LM-2: alone',
      'LM-1a twice in words',
      'about LM-1b: no',
    );
    assert.deepEqual([...filesByClaim.keys()].toSorted(undefined), ['AC-1a', 'LM-1a', 'LM-2a']);
    assert.equal(problems.length, 1);
  });

  it('an unknown row, an unknown letter, a bare row of several letters and a stale reason are problems', () => {
    for (const [title, problem] of [
      ['LM-9a: x', /no row LM-9/],
      ['LM-1c: x', /no letter c/],
      ['LM-1: x', /say which/],
      ['LM-1aa: x', /is none/],
      ['LM-1a–b: x', /is none/],
      ['LM-1b: x', /says why it is not met/],
    ] as const) {
      const { problems } = proofsOf(title);
      assert.equal(problems.length, 1, title);
      assert.match(problems[0] ?? '', problem);
    }
  });
});

describe('the run', () => {
  const counted = new Map([
    ['LM-1a', ['a/x.test.ts', 'a/y.test.ts']],
    ['LM-2a', ['a/x.test.ts']],
  ]);
  const ran = (file: string, name: string) => ({ file, name });

  it('nothing is missing where each claim was proved in each file that is named for it', () => {
    const all = [ran('a/x.test.ts', 'LM-1a, LM-2: both'), ran('a/y.test.ts', 'LM-1a: again')];
    assert.deepEqual(findUnproved(requirements, counted, all), []);
  });

  it('a test that did not run or pass proves nothing, nor does one of the same title elsewhere', () => {
    assert.deepEqual(
      findUnproved(requirements, counted, [ran('a/x.test.ts', 'LM-1a: one'), ran('b/x.test.ts', 'LM-2: x')]),
      [
        'LM-1a: no test of a/y.test.ts that names it ran and passed',
        'LM-2a: no test of a/x.test.ts that names it ran and passed',
      ],
    );
    assert.equal(findUnproved(requirements, counted, []).length, 3);
  });
});

describe('the document', () => {
  it('a row is met when all its letters are, and each other letter says why not', () => {
    const document = formatConformance(requirements, proofsOf('LM-1a: x', 'LM-2a: y'));
    assert.match(document, /1 of 3 rows met, 2 of 6 claims/);
    assert.match(document, /### LM-1 \[S\] One: \*not met yet\*/);
    assert.match(document, /### LM-2 \[\+\] Two: met/);
    assert.match(document, /\| b \| second \| \*not met yet\*: later \|/);
    assert.match(document, /\| a \| x \| \*not met yet\*: no test yet \|/);
    assert.match(document, /\| a \| only \| \[x\.test\.ts\]\(\.\.\/a\/x\.test\.ts\) \|/);
  });
});
