// SPDX-License-Identifier: Apache-2.0
// Sixty clients guess; who has the right password gets in.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { client, type TestClient, TEST_PASSWORD, testManager } from '../../testing/test-manager.ts';
import { STRANGERS_FAILURES_MAX } from './budgets.ts';

const ATTACKERS = 60;
const { server, provider, nobody, tenantId, join } = await testManager({ after }, { attemptsPerMinuteMax: 200 });
const strangerAt = (address: string): TestClient => client(server, {}, address);
const signIn = (who: TestClient, email: string, password = TEST_PASSWORD, headers: Record<string, string> = {}) =>
  who.ask('POST', '/api/v1/session', { email, password }, headers);

/** The cookie by which a browser is known. */
function deviceOf({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): string {
  return /lazaret_device=[\w-]{43}/.exec(String(headers['set-cookie']))?.[0] ?? '';
}

/** Guesses without end, at `email` and at addresses that are nobody's, until `signal` aborts. */
async function attack(address: string, email: string, signal: AbortSignal): Promise<number> {
  const attacker = strangerAt(address);
  let tries = 0;
  for (; !signal.aborted; tries++) {
    await signIn(attacker, tries % 2 === 0 ? email : `${tries}.${address}@nowhere.example.com`, 'not the right one');
    // An attacker on another machine would not keep this process from its own work.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return tries;
}

describe('sign-in under attack', () => {
  it('the right password from a known browser is taken 12 of 12 times while 60 clients guess at it, and from a new one elsewhere', async () => {
    await join(provider, tenantId, 'owner@example.com', 'operator');
    await join(provider, tenantId, 'other@example.com', 'operator');
    let device = deviceOf(await signIn(strangerAt('192.0.2.1'), 'owner@example.com'));
    assert.notEqual(device, '');
    const end = new AbortController();
    const attacks = Array.from({ length: ATTACKERS }, (_, at) =>
      attack(`198.51.100.${at}`, 'owner@example.com', end.signal),
    );
    const statuses: number[] = [];
    for (let at = 0; at < 12; at++) {
      // From an attacker's own address, even: it is the browser that is known.
      const answer = await signIn(strangerAt('198.51.100.7'), 'owner@example.com', TEST_PASSWORD, { cookie: device });
      statuses.push(answer.status);
      device = deviceOf(answer) || device;
    }
    for (let at = 0; at < 3; at++) statuses.push((await signIn(strangerAt('203.0.113.9'), 'other@example.com')).status);
    end.abort();
    const tries = (await Promise.all(attacks)).reduce((sum, one) => sum + one, 0);
    assert.ok(tries >= ATTACKERS, `${tries} guesses`);
    assert.deepEqual(
      statuses,
      Array.from({ length: 15 }, () => 200),
    );
  });

  it('strangers lock out an address, then strangers – whether there is such an account or not –, never a known browser', async () => {
    await join(provider, tenantId, 'locked@example.com', 'operator');
    const device = deviceOf(await signIn(strangerAt('192.0.2.2'), 'locked@example.com'));
    for (const email of ['locked@example.com', 'nobody@example.com']) {
      const codes: string[] = [];
      for (let at = 0; at < 15; at++)
        codes.push((await signIn(strangerAt('192.0.2.50'), email, 'wrong')).body.error.code);
      assert.deepEqual(codes, [...Array(10).fill('auth.failed'), ...Array(5).fill('auth.locked')]);
      const elsewhere = await signIn(strangerAt('192.0.2.51'), email, 'wrong');
      assert.equal(elsewhere.body.error.code, 'auth.failed', 'one address is locked, no other');
      const others = Array.from({ length: STRANGERS_FAILURES_MAX }, (_, at) =>
        signIn(strangerAt(`203.0.113.${at}`), email, 'wrong'),
      );
      await Promise.all(others);
      assert.equal((await signIn(strangerAt('192.0.2.52'), email)).body.error.code, 'auth.locked');
    }
    const known = await signIn(strangerAt('192.0.2.52'), 'locked@example.com', TEST_PASSWORD, { cookie: device });
    assert.equal(known.status, 200);
  });

  it('a cookie that is made up, or of somebody else, is no known browser', async () => {
    const device = deviceOf(await signIn(nobody, 'other@example.com'));
    await join(provider, tenantId, 'third@example.com', 'operator');
    for (const cookie of [device, `lazaret_device=${'x'.repeat(43)}`]) {
      for (let at = 0; at < 10; at++) await signIn(strangerAt('192.0.2.60'), 'third@example.com', 'wrong', { cookie });
      const answer = await signIn(strangerAt('192.0.2.60'), 'third@example.com', 'wrong', { cookie });
      assert.equal(answer.body.error.code, 'auth.locked');
      const bare = await signIn(strangerAt('192.0.2.60'), 'third@example.com', 'wrong');
      assert.equal(bare.body.error.code, 'auth.locked', 'it was counted as the address that it came from');
    }
  });

  it('one address may try so often a minute and no more, at whatever is public; a host of IPv6 is one address', async () => {
    const from = (address: string) => strangerAt(address);
    const answers: number[] = [];
    for (let at = 0; at < 201; at++) {
      const who = from(`2001:db8::${at.toString(16)}`);
      const body = { token: 'x', password: 'a long passphrase' };
      answers.push((await who.ask('POST', '/api/v1/password-links', body)).status);
    }
    assert.deepEqual([answers.at(-2), answers.at(-1)], [403, 429]);
    const refused = await signIn(from('2001:db8::ffff'), 'other@example.com');
    assert.deepEqual([refused.status, refused.body.error.code], [429, 'api.too_many']);
    assert.ok(Number(refused.headers['retry-after']) > 0);
    assert.equal((await signIn(from('2001:db8:1::1'), 'other@example.com')).status, 200);
    for (const address of ['::ffff:192.0.2.60', '192.0.2.60'])
      for (let at = 0; at < 5; at++) await signIn(from(address), 'mapped@example.com', 'wrong');
    assert.equal(
      (await signIn(from('192.0.2.60'), 'mapped@example.com')).body.error.code,
      'auth.locked',
      'IPv4 in IPv6',
    );
  });
});

describe('what an answer tells of accounts', () => {
  it('an invitation to who has an account is refused by the same words as one to who has none', async () => {
    const answers: unknown[] = [];
    for (const email of ['other@example.com', 'new-one@example.com']) {
      const base = `/api/v1/tenants/${tenantId}/users`;
      await provider.ask('POST', '/api/v1/provider/tenants', { name: email, adminEmail: email }).then(async (made) => {
        const body = { token: made.body.link.token as string, name: 'x', password: 'short' };
        const { status, body: told } = await nobody.ask('POST', '/api/v1/invitations/accept', body);
        answers.push([status, told]);
      });
      assert.equal((await provider.ask('GET', base)).status, 200);
    }
    assert.deepEqual(answers[0], answers[1]);
  });
});
