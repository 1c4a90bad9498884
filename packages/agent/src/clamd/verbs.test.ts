// SPDX-License-Identifier: Apache-2.0
// clamd's words against a table of its own: which there are, in which form, and which within IDSESSION.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { COMMANDS, isPathVerb, isTakenWithinSession, parseVerb } from './verbs.ts';

interface Row {
  readonly path: boolean;
  /** Without `n` or `z`. */
  readonly old: boolean;
  readonly session: boolean;
}

const row = (path: boolean, old: boolean, session: boolean): Row => ({ path, old, session });
const WORDS: Readonly<Record<string, Row>> = {
  SCAN: row(true, true, true),
  CONTSCAN: row(true, true, false),
  MULTISCAN: row(true, true, false),
  ALLMATCHSCAN: row(true, false, false),
  RELOAD: row(false, true, false),
  PING: row(false, true, true),
  VERSION: row(false, true, true),
  VERSIONCOMMANDS: row(false, false, true),
  END: row(false, false, true),
  FILDES: row(false, true, true),
  STATS: row(false, false, true),
  IDSESSION: row(false, false, false),
  INSTREAM: row(false, false, true),
  DETSTATS: row(false, true, false),
  DETSTATSCLEAR: row(false, true, false),
};

const parse = (text: string, prefixed: boolean) => {
  const { verb, argument } = parseVerb(Buffer.from(text, 'latin1'), prefixed);
  return [verb, argument.toString('latin1')];
};

test('each word is taken in its forms, with a path where it has one, and told of', () => {
  assert.deepEqual(COMMANDS.split(' ').toSorted(), Object.keys(WORDS).toSorted());
  for (const [word, { path, old, session }] of Object.entries(WORDS)) {
    const text = path ? `${word} /a b` : word;
    assert.deepEqual(parse(text, true), [word, path ? '/a b' : ''], word);
    assert.deepEqual(parse(text, false), old ? [word, path ? '/a b' : ''] : [null, ''], word);
    const [verb] = [parseVerb(Buffer.from(text), true).verb];
    assert.ok(verb !== null);
    assert.equal(isPathVerb(verb), path, word);
    assert.equal(isTakenWithinSession(verb), session, word);
    assert.deepEqual(parse(path ? word : `${word} /a`, true), [null, ''], `${word}: with a path, or without`);
    assert.deepEqual(parse(text.toLowerCase(), true), [null, ''], word);
  }
  assert.equal(isTakenWithinSession(null), false);
});

test('a path follows behind any one byte, and is bytes', () => {
  assert.deepEqual(parse('SCANx/a', true), ['SCAN', '/a']);
  assert.deepEqual(parse('SCAN \u00ff\u00e9', true), ['SCAN', '\u00ff\u00e9']);
  for (const word of ['', 'QUIT', 'SHUTDOWN', 'xPING', 'PINGx']) assert.deepEqual(parse(word, true), [null, ''], word);
});
