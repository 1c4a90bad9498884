// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '@lazaret/testkit';
import { ask, makeInstallation, PASSWORD, runCommand, setUp, startProcess } from './test-process.ts';

/** One that has ended may stand in the table of processes until its parent looks. */
const isThere = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
const postmasterOf = (state: string): number =>
  Number(readFileSync(join(state, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);

describe('the embedded server', () => {
  it('MG-8d: the manager killed −9: the database lives on, is adopted at the next start, no row lost; a clean stop ends it', async (t) => {
    const installation = makeInstallation(t);
    const state = installation.environment['LAZARET_MANAGER_STATE'] ?? '';
    const first = await startProcess(installation);
    const { cookie, tenantId } = await setUp(first);
    assert.equal(first.postgres.adopted, false);
    const groups = `/api/v1/tenants/${tenantId}/groups`;
    // Acknowledged rows, with the kill right behind the last answer.
    for (let at = 0; at < 20; at++)
      assert.equal((await ask(first, 'POST', groups, { cookie, body: { name: `group ${at}` } })).status, 201);
    await first.kill();
    assert.ok(isThere(first.postgres.pid), 'the database outlives its manager');
    const second = await startProcess(installation);
    assert.deepEqual(second.postgres, { pid: first.postgres.pid, adopted: true });
    const { body } = await ask(second, 'GET', `${groups}?limit=100`, { cookie });
    assert.equal(body.total, 20);
    assert.equal(postmasterOf(state), first.postgres.pid, 'there is one server and no second');
    assert.equal(await second.stop(), 0);
    assert.ok(!isThere(first.postgres.pid), 'a clean stop ends it');
    assert.ok(!existsSync(join(state, 'postgres/postmaster.pid')));
  });

  it('the database itself killed −9: requests get 503 with a code, and the manager starts it again by itself', async (t) => {
    const installation = makeInstallation(t);
    const manager = await startProcess(installation);
    const { cookie, tenantId } = await setUp(manager);
    const groups = `/api/v1/tenants/${tenantId}/groups`;
    assert.equal((await ask(manager, 'POST', groups, { cookie, body: { name: 'kept' } })).status, 201);
    const busy = Array.from({ length: 40 }, () => ask(manager, 'GET', groups, { cookie }));
    process.kill(manager.postgres.pid, 'SIGKILL');
    for (const { status, body } of await Promise.all(busy))
      assert.ok(status === 200 || body.error.code === 'database.unavailable', `${status} ${JSON.stringify(body)}`);
    const state = installation.environment['LAZARET_MANAGER_STATE'] ?? '';
    // Children of the one that was killed may answer for a moment, and the file is there before its text.
    await until(() => {
      const pid = existsSync(join(state, 'postgres/postmaster.pid')) ? postmasterOf(state) : 0;
      return pid > 0 && pid !== manager.postgres.pid;
    }, 'another database server is there');
    const answers: Awaited<ReturnType<typeof ask>>[] = [];
    await until(
      async () => answers.unshift(await ask(manager, 'GET', groups, { cookie })) > 0 && answers[0]?.status !== 503,
      'it answers',
    );
    assert.deepEqual([answers[0]?.status, answers[0]?.body.total], [200, 1]);
    assert.equal(await manager.stop(), 0);
  });
});

describe('two managers on one database', () => {
  it('MG-8a: they start at the same moment on one server, share sessions, rows and events; one is killed, the other goes on', async (t) => {
    const installation = makeInstallation(t);
    const [one, two] = await Promise.all([startProcess(installation), startProcess(installation)]);
    assert.equal(one.postgres.pid, two.postgres.pid);
    // Each made a token for the first run; the later one counts.
    const { cookie, tenantId } = await setUp(one).catch(() => setUp(two));
    const groups = `/api/v1/tenants/${tenantId}/groups`;
    const live = http.get(`${two.url}/api/v1/tenants/${tenantId}/live`, { headers: { cookie: cookie ?? '' } });
    const [stream] = (await once(live, 'response')) as [http.IncomingMessage];
    assert.equal((await ask(one, 'POST', groups, { cookie, body: { name: 'shared' } })).status, 201);
    for await (const chunk of stream) if (String(chunk).includes('"topic":"policies"')) break;
    live.destroy();
    assert.equal((await ask(two, 'GET', groups, { cookie })).body.total, 1);
    await one.kill();
    assert.equal((await ask(two, 'POST', groups, { cookie, body: { name: 'after' } })).status, 201);
    const three = await startProcess(installation);
    assert.equal(await two.stop(), 0);
    assert.ok(isThere(three.postgres.pid), 'who leaves first does not take the database along');
    assert.equal((await ask(three, 'GET', groups, { cookie })).body.total, 2);
    assert.equal(await three.stop(), 0);
    assert.ok(!isThere(three.postgres.pid));
  });
});

describe('backup and restore', () => {
  it('MG-8c: one command each, beside a working manager and into an empty place; nothing lost, secrets open, sessions go on', async (t) => {
    const from = makeInstallation(t);
    const manager = await startProcess(from);
    const { cookie, tenantId } = await setUp(manager);
    const smtp = {
      host: 'mail.example.com',
      port: 465,
      security: 'tls',
      user: 'u',
      from: 'a@example.com',
      password: 'x',
    };
    await ask(manager, 'PUT', '/api/v1/provider/settings/smtp', { cookie, body: smtp });
    const totp = await ask(manager, 'POST', '/api/v1/me/totp', { cookie, body: { password: PASSWORD } });
    assert.equal(totp.status, 200);
    const file = join(from.directory, 'manager.backup');
    const made = await runCommand(from, 'backup', file);
    assert.equal(made.code, 0, made.stdout + made.stderr);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const before = await ask(manager, 'GET', `/api/v1/tenants/${tenantId}/audit?limit=500`, { cookie });
    await manager.stop();

    const to = makeInstallation(t);
    const restored = await runCommand(to, 'restore', file);
    assert.equal(restored.code, 0, restored.stdout + restored.stderr);
    const second = await startProcess(to);
    assert.equal(second.setupToken, null, 'it is set up');
    const after = await ask(second, 'GET', `/api/v1/tenants/${tenantId}/audit?limit=500`, { cookie });
    assert.deepEqual(after.body, before.body);
    assert.equal((await ask(second, 'GET', '/api/v1/provider/settings/smtp', { cookie })).body.smtp.passwordSet, true);
    // The sealed secret opens with the key that came along: a code that is wrong is told so, and no damage.
    const confirmed = await ask(second, 'PUT', '/api/v1/me/totp', { cookie, body: { code: '000000' } });
    assert.equal(confirmed.body.error.code, 'auth.failed');
    const again = await runCommand(to, 'restore', file);
    assert.equal(again.code, 2);
    assert.match(
      again.stderr,
      /^lazaret-manager: The database is not empty.*\(manager\.backup\)\n  where: .*\/postgres\n  The message names the reason/,
    );
    assert.doesNotMatch(again.stdout + again.stderr, /"stack"|LazaretError|\n {4}at /);
    assert.equal((await ask(second, 'GET', '/healthz')).status, 200, 'and the running one was left alone');
  });

  it('what is no backup is refused, and nothing is begun', async (t) => {
    const installation = makeInstallation(t);
    const refused = await runCommand(installation, 'restore', '/etc/passwd');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /^lazaret-manager: .*\(manager\.backup\)\n  The message names the reason/);
    assert.equal(refused.stdout, '', 'it is told once, and without a stack');
    assert.ok(!existsSync(join(installation.environment['LAZARET_MANAGER_STATE'] ?? '', 'postgres')));
  });
});

describe('beyond loopback', () => {
  it('the console speaks TLS, and its cookie is for TLS alone', async (t) => {
    const installation = makeInstallation(t);
    const [key, certificate] = [join(installation.directory, 'key.pem'), join(installation.directory, 'cert.pem')];
    const made =
      '-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -addext subjectAltName=DNS:localhost';
    execFileSync('openssl', ['req', ...made.split(' '), '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    const manager = await startProcess(
      installation,
      '--host',
      '0.0.0.0',
      '--tls-key',
      key,
      '--tls-certificate',
      certificate,
    );
    const { port } = new URL(manager.url);
    const post = https.request({
      host: '127.0.0.1',
      port,
      servername: 'localhost',
      ca: readFileSync(certificate),
      method: 'POST',
      path: '/api/v1/setup',
      headers: { 'content-type': 'application/json' },
    });
    post.end(
      JSON.stringify({
        token: manager.setupToken,
        email: 'a@example.com',
        name: 'A',
        password: PASSWORD,
        tenantName: 'T',
      }),
    );
    const [response] = (await once(post, 'response')) as [http.IncomingMessage];
    response.resume();
    assert.equal(response.statusCode, 200);
    assert.match(String(response.headers['set-cookie']), /; Secure/);
    await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`), 'no plain HTTP there');
    assert.equal(await manager.stop(), 0);
  });
});

describe('the command line', () => {
  it('a forgotten password: root makes a one-time link; a lost authenticator: root removes it', async (t) => {
    const installation = makeInstallation(t);
    const manager = await startProcess(installation);
    const { tenantId } = await setUp(manager);
    const { stdout, code } = await runCommand(installation, 'reset-password', 'a@example.com');
    assert.equal(code, 0, stdout);
    const link = JSON.parse(stdout.split('\n').find((line) => line.startsWith('{"token"')) ?? 'null') as {
      token: string;
    };
    const set = { token: link.token, password: 'a new long passphrase' };
    assert.equal((await ask(manager, 'POST', '/api/v1/password-links', { body: set })).status, 204);
    const signIn = { email: 'a@example.com', password: set.password };
    assert.equal((await runCommand(installation, 'remove-authenticator', 'a@example.com')).code, 0);
    const { status, cookie } = await ask(manager, 'POST', '/api/v1/session', { body: signIn });
    assert.equal(status, 200);
    const audit = await ask(manager, 'GET', `/api/v1/tenants/${tenantId}/audit`, { cookie });
    const items = audit.body.items as { action: string; actor: { kind: string; name: string } }[];
    const byRoot = items.filter(({ action }) => action.endsWith('_by_root'));
    assert.deepEqual(byRoot.map(({ action, actor }) => `${action}: ${actor.kind} ${actor.name}`).toSorted(), [
      'password.link_by_root: system root',
      'totp.removed_by_root: system root',
    ]);
    const stranger = await runCommand(installation, 'remove-authenticator', 'nobody@example.com');
    assert.deepEqual([stranger.code, stranger.stdout], [2, '']);
    assert.match(
      stranger.stderr,
      /^lazaret-manager: .*nobody@example\.com.*\(manager\.no_account\)\n  Check the spelling/,
    );
  });

  it('plain HTTP beyond loopback and nonsense are refused by their codes', async (t) => {
    const installation = makeInstallation(t);
    const open = await runCommand(installation, '--host', '0.0.0.0');
    assert.deepEqual([open.code, open.stdout], [2, ''], 'told once, and no stack');
    assert.match(open.stderr, /^lazaret-manager: .*0\.0\.0\.0\. \(manager\.tls_required\)\n.*\n  Give --tls-key/);
    for (const argv of [
      ['nonsense'],
      ['--port', 'x'],
      ['backup'],
      ['--tls-key', 'a'],
      ['--none'],
      ['--trusted-proxy', 'x'],
    ])
      assert.match(
        (await runCommand(installation, ...argv)).stderr,
        /^lazaret-manager: .*\(manager\.usage\)\n  Run `lazaret-manager --help`\.\n$/,
        argv.join(' '),
      );
    const level = { ...installation, environment: { ...installation.environment, LAZARET_LOG_LEVEL: 'loud' } };
    assert.match((await runCommand(level)).stderr, /^lazaret-manager: "loud" .*LAZARET_LOG_LEVEL\n  Run/s);
    assert.match((await runCommand(installation, '--help')).stdout, /lazaret-manager \[run\]/);
  });
});
