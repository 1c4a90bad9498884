// SPDX-License-Identifier: Apache-2.0
// Code, catalogue and document agree: a code that is used stands in the catalogue, and the document is what the catalogue says.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ERROR_CODES, type ErrorCodeEntry, findErrorCode } from '@lazaret/contract';
import { DOCUMENT, formatErrorCodes } from './document.ts';
import { findUsedCodes } from './used-codes.ts';

// node:* errors are no codes of ours, and what is not of the form area.name is somebody else's (errno, zod's `custom`).
const isOurs = (code: string): boolean => /^[a-z]+\.[a-z0-9_]+$/.test(code);

const sources = globSync(['{packages,apps,native}/**/src/**/*.ts', 'native/*/src/**/*.{cc,cpp,h,hpp}'], {
  exclude: (name) => name.includes('node_modules'),
}).filter((path) => !path.endsWith('.test.ts') && !path.includes('/testkit/'));

describe('error codes', () => {
  it('every code that the sources name stands in the catalogue', () => {
    const used = sources.flatMap((path) =>
      findUsedCodes(path, readFileSync(path, 'utf8')).map((code) => ({ path, code })),
    );
    assert.ok(used.length > 50, `only ${used.length} codes were found: the finder is broken`);
    const missing = used.filter(({ code }) => isOurs(code) && findErrorCode(code) === null);
    assert.deepEqual(missing, [], 'add them to packages/contract/src/error-codes/');
  });

  it('every entry is named by some source', () => {
    const text = sources.filter((path) => !path.includes('/error-codes')).map((path) => readFileSync(path, 'utf8'));
    const unused = Object.keys(ERROR_CODES).filter((code) => !text.some((source) => source.includes(code)));
    assert.deepEqual(unused, [], 'remove them, or use them');
  });

  it('each says what happened and what to do, as sentences', () => {
    for (const [code, { summary, whatToDo }] of Object.entries<ErrorCodeEntry>(ERROR_CODES)) {
      assert.match(code, /^[a-z]+\.[a-z0-9_]+$/);
      for (const text of [summary, whatToDo]) assert.match(text, /^[^\s].*[.]$/s, code);
    }
  });

  it('the document is what the catalogue says', () => {
    const hint = 'run node tools/codegen/error-codes/main.ts';
    assert.equal(readFileSync(DOCUMENT, 'utf8'), formatErrorCodes(), hint);
  });

  it('a planted code is found in each form', () => {
    const planted = `new LazaretError(\n 'a.thrown', 'x'); return { code: 'a.returned' }; type XCode = | 'a.member' | 'a.other';`;
    assert.deepEqual(findUsedCodes('x.ts', planted), ['a.thrown', 'a.returned', 'a.member', 'a.other']);
    assert.deepEqual(findUsedCodes('x.cc', 'fail("scanner.planted")'), ['scanner.planted']);
  });
});
