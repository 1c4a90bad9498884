// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';
import { Secret, TOTP } from 'otpauth';
import { openSealer } from '../../sealing/index.ts';
import { newTotp, totpStep } from './totp.ts';

const NOW = Date.parse('2026-11-30T10:00:10Z');
const STEP = Math.floor(NOW / 30_000);

function account(t: TestContext) {
  const sealer = openSealer(join(temporaryDirectory(t), 'key'));
  const made = newTotp(sealer, 'u1', 'me@example.com');
  const device = new TOTP({ secret: Secret.fromBase32(made.secret) });
  const codeAt = (ms: number) => device.generate({ timestamp: ms });
  const step = (code: string, lastStep = 0, user = 'u1') => totpStep(sealer, user, made.sealed, code, lastStep, NOW);
  return { made, codeAt, step };
}

test('an authenticator is told by its address, with a secret of 20 bytes that lies sealed', (t) => {
  const { made } = account(t);
  assert.match(made.secret, /^[A-Z2-7]{32}$/);
  assert.match(
    made.uri,
    /^otpauth:\/\/totp\/Lazaret:me%40example\.com\?issuer=Lazaret&secret=[A-Z2-7]{32}&.*period=30$/,
  );
  assert.ok(made.uri.includes(made.secret));
  assert.ok(
    !made.sealed.toString('latin1').includes(Buffer.from(Secret.fromBase32(made.secret).bytes).toString('latin1')),
  );
});

test('a code counts in its step, and in the one before and after; the step is told', (t) => {
  const { codeAt, step } = account(t);
  assert.equal(step(codeAt(NOW)), STEP);
  assert.equal(step(codeAt(NOW - 30_000)), STEP - 1);
  assert.equal(step(codeAt(NOW + 30_000)), STEP + 1);
  assert.equal(step(codeAt(NOW - 60_000)), null);
  assert.equal(step(codeAt(NOW + 60_000)), null);
});

test('a code counts once: none of a step that was used, or of one before it', (t) => {
  const { codeAt, step } = account(t);
  assert.equal(step(codeAt(NOW), STEP - 1), STEP);
  assert.equal(step(codeAt(NOW), STEP), null);
  assert.equal(step(codeAt(NOW - 30_000), STEP - 1), null);
  assert.equal(step(codeAt(NOW + 30_000), STEP), STEP + 1);
});

test('what is no code is none, and a secret opens for its own account alone', (t) => {
  const { codeAt, step } = account(t);
  for (const code of ['', '12345', '1234567', 'abcdef']) assert.equal(step(code), null, code);
  assert.throws(() => step(codeAt(NOW), 0, 'u2'), { code: 'keys.damaged' });
});
