// SPDX-License-Identifier: Apache-2.0
// The gate decides without script by what core compiled: the same answer from both, in vectors that a person wrote down and in cases that nobody did.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { bytesTextFromBytes, compileGateRules, defaultPolicy, type RealtimeSettings } from '@lazaret/core';
import { askGate, coreAnswers, gateLine, type Question } from './asking.ts';
import { factsFor, question, settings } from './cases.ts';

const FULL = process.env['LAZARET_FULL'] === '1';
const seed = Number(process.env['LAZARET_SEED'] ?? randomInt(1, 2 ** 31));

interface Vector {
  readonly name: string;
  readonly settings: Partial<RealtimeSettings>;
  readonly questions: readonly (Question & { readonly answer: unknown })[];
}

const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/gate-rules.json', import.meta.url), 'utf8'),
) as readonly Vector[];

describe(`the rules of the gate (seed ${seed})`, () => {
  const gate = askGate();
  after(async () => assert.equal(await gate.close(), 0, 'the checked program found a fault of its own'));

  for (const vector of vectors)
    it(vector.name, async () => {
      const all = { ...defaultPolicy.realtime, ...vector.settings };
      const facts = factsFor(all);
      const expected = vector.questions.map(({ answer }) => answer);
      assert.deepEqual(vector.questions.map(coreAnswers(all, facts)), expected, 'core');
      const { fault, answers } = await gate.ask(gateLine(all, facts, vector.questions));
      assert.equal(fault, null);
      assert.deepEqual(answers, expected, 'gate');
    });

  it('any policy, any path of bytes: the answer of core and that of the gate are one', async () => {
    const cases = fc.tuple(settings, fc.array(question, { minLength: 1, maxLength: 40 }));
    await fc.assert(
      fc.asyncProperty(cases, async ([all, questions]) => {
        const facts = factsFor(all);
        const { fault, answers } = await gate.ask(gateLine(all, facts, questions));
        assert.equal(fault, null);
        assert.deepEqual(answers, questions.map(coreAnswers(all, facts)));
      }),
      { seed, numRuns: FULL ? 20_000 : 1_500 },
    );
  });

  it('rules that were damaged on their way are refused or read, and end nothing', async () => {
    const damage = fc.tuple(settings, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(damage, async ([all, at, bytes]) => {
        const text = new TextEncoder().encode(JSON.stringify(compileGateRules(all, factsFor(all)).rules));
        text.set(bytes.subarray(0, Math.max(0, text.length - (at % text.length))), at % text.length);
        const { fault } = await gate.ask({
          text: bytesTextFromBytes(text),
          questions: [{ question: 'decide', path: '/srv/a.php' }],
        });
        assert.ok(fault === null || fault !== '');
      }),
      { seed, numRuns: FULL ? 20_000 : 1_000 },
    );
  });
});
