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

const SERVICES: readonly (readonly [string, string])[] = [
  ['0::/system.slice/mariadb.service\n', 'mariadb.service'],
  ['0::/system.slice/system-postgresql.slice/postgresql@15-main.service/x\n', 'postgresql@15-main.service'],
  ['12:cpu:/x\n1:name=systemd:/system.slice/a.service\n0::/system.slice/a.service\n', 'a.service'],
  ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/mariadb.service\n', ''],
  ['0::/system.slice/docker-1.scope/system.slice/mariadb.service\n', ''],
  ['0::/system.slice/web.service/mariadb.service\n', 'web.service'],
  ['5:cpu:/system.slice/mariadb.service\n', ''],
  ['0::/../system.slice/mariadb.service\n', ''],
  ['0::/\n', ''],
  ['', ''],
];

const CONTENTS: readonly (readonly [string, string, boolean])[] = [
  ['\x7fELF\x02', '/srv/data.bin', true],
  ['#!/bin/sh\n', '/srv/data', true],
  ['MZ\x90', '/srv/data', true],
  ['PK\x03\x04', '/srv/a.JAR', true],
  ['PK\x03\x04', '/srv/a.zip', false],
  ['\xa7\x0d\r\n', '/srv/cache', true],
  ['import os', '/srv/a.py', true],
  ['whatever', '/srv/libx.so.6', true],
  ['<?php echo 1;', '/srv/a.txt', true],
  ['X5O!P%', '/srv/a.com', false],
  ['SQLite format 3\0', '/srv/a.db', false],
  ['', '/srv/empty', false],
];

/** A policy without exceptions: these questions ask no rule. */
function emptyRules(): object {
  const all = defaultPolicy.realtime;
  return gateLine(all, factsFor(all), []);
}

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

  it('EX-2e: the service of a process is the system’s, never a group that a user can make', async () => {
    const asked = SERVICES.map(([text]) => ({ question: 'unitOf', text }));
    const { answers } = await gate.ask({ ...emptyRules(), questions: asked });
    assert.deepEqual(
      answers,
      SERVICES.map(([, unit]) => unit),
    );
  });

  it('what can be run is known by its first bytes or its name; data is not', async () => {
    const asked = CONTENTS.map(([head, path]) => ({ question: 'mayRun', head, path }));
    const { answers } = await gate.ask({ ...emptyRules(), questions: asked });
    assert.deepEqual(
      answers,
      CONTENTS.map(([, , runs]) => runs),
    );
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
