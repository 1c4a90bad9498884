// SPDX-License-Identifier: Apache-2.0
// `lazaret fleet` as a person and a script use it, against a manager as a process.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiTokenCreatedSchema, sessionSchema, TENANT_RIGHTS } from '@lazaret/contract';
import { makeInstallation, startProcess, type ManagerProcess } from '../../apps/manager/src/test-process.ts';
import { collect, type Ran } from '../support/product.ts';
import { ROOT } from '../support/places.ts';

const LAZARET = join(ROOT, 'apps/cli/src/main.ts');

/** The first run by the API; answers a token that may everything in the tenant. */
async function makeToken({ url, setupToken }: ManagerProcess): Promise<{ token: string; tenantId: string }> {
  const ask = (path: string, body: object, cookie = '') =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-lazaret-request': '1', cookie },
      body: JSON.stringify(body),
    });
  const person = { email: 'admin@acme.example', name: 'Admin', password: 'a long enough password', tenantName: 'Acme' };
  const set = await ask('/api/v1/setup', { token: setupToken, ...person });
  const session = sessionSchema.parse(await set.json());
  const tenantId = session.tenants[0]?.id ?? '';
  const cookie = set.headers.get('set-cookie')?.split(';')[0] ?? '';
  const made = await ask(`/api/v1/tenants/${tenantId}/tokens`, { name: 'test', rights: TENANT_RIGHTS }, cookie);
  return { token: apiTokenCreatedSchema.parse(await made.json()).token, tenantId };
}

test('MG-2d, MG-3: the command line signs in with a token, and works on policies, VMs and tokens; failures have a code', async (t) => {
  const manager = await startProcess(makeInstallation(t));
  const { token, tenantId } = await makeToken(manager);
  const home = mkdtempSync(join(tmpdir(), 'lazaret-fleet-'));
  t.after(() => rmSync(home, { recursive: true }));
  const env = { ...process.env, XDG_CONFIG_HOME: home };
  const fleetWith = (more: NodeJS.ProcessEnv, argv: readonly string[]): Promise<Ran> =>
    collect(
      spawn(process.execPath, [LAZARET, 'fleet', ...argv], {
        env: { ...env, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  const fleet = (...argv: string[]): Promise<Ran> => fleetWith({}, argv);
  const toJson = ({ stdout }: Ran) => JSON.parse(stdout) as Record<string, unknown> & { error?: { code: string } };
  const json = async (...argv: string[]) => toJson(await fleet(...argv, '--json'));
  const login = async (url: string, secret: string) =>
    toJson(await fleetWith({ LAZARET_FLEET_TOKEN: secret }, ['login', url, '--json']));

  assert.equal((await json('vm', 'list')).error?.code, 'fleet.not_signed_in');
  assert.equal((await json('login', manager.url, '--token', token)).error?.code, 'cli.secret_argument');
  assert.equal((await login(manager.url, 'lzt_wrong')).error?.code, 'api.unauthenticated');
  assert.equal((await login('http://127.0.0.1:1', token)).error?.code, 'fleet.unreachable');
  assert.equal((await login(manager.url, token))['tenantId'], tenantId);
  assert.equal(statSync(join(home, 'lazaret/fleet.json')).mode & 0o777, 0o600);

  const file = join(home, 'policy.yaml');
  writeFileSync(file, 'name: Web\nscheduled:\n  schedule: { kind: daily, at: "02:30", every: day }\n');
  assert.equal((await json('policy', 'put', file))['revision'], 1);
  writeFileSync(file, 'name: Web\nscheduled:\n  schedule: { kind: daily, at: "03:30", every: day }\n');
  assert.equal((await json('policy', 'put', file))['revision'], 2);
  // SC-5b: refused by this way in, too.
  writeFileSync(file, 'name: Web\nscheduled:\n  schedule: { kind: daily, at: "00:30", every: day }\n');
  const refused = await fleet('policy', 'put', file);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /schedule\.start_window/);

  const added = await json('vm', 'add', '--policy', 'Web');
  assert.match(String(added['command']), /agent activate <<< 'lze_/);
  assert.match((await fleet('vm', 'list')).stdout, /^No VMs/);
  const made = await json('token', 'create', 'reader', '--right', 'vms.read');
  assert.match(String(made['token']), /^lzt_/);
  const { id } = made['apiToken'] as { id: string };
  assert.equal((await fleet('token', 'revoke', id)).code, 0);
  assert.match((await fleet('detections', 'list')).stdout, /No detections/);
  assert.match((await fleet('quarantine', 'list')).stdout, /No quarantined files/);
  assert.equal((await json('scan', 'start', '--vm', 'nobody')).error?.code, 'fleet.no_vm');
  const none = await fleet('scan', 'start');
  assert.deepEqual([none.code, /No VM is online, so no scan was ordered/.test(none.stderr)], [2, true]);
  assert.equal((await fleet('logout')).code, 0);
  assert.equal((await json('vm', 'list')).error?.code, 'fleet.not_signed_in');
});
