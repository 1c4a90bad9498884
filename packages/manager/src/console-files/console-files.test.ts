// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { CONSOLE_NONCE_PLACEHOLDER } from '@lazaret/contract';
import { temporaryDirectory } from '@lazaret/testkit';
import { testServer } from '../test-server.ts';
import { registerConsoleFiles } from './index.ts';

const directory = temporaryDirectory({ after });
mkdirSync(join(directory, 'assets'));
writeFileSync(join(directory, 'index.html'), `<meta property="csp-nonce" nonce="${CONSOLE_NONCE_PLACEHOLDER}">`);
writeFileSync(join(directory, 'assets/app-1a2b.js'), 'export {};');
const { server } = await testServer({ after }, (server) => registerConsoleFiles(server, directory));
const get = (url: string) => server.inject({ method: 'GET', url });

it('each page has a nonce of its own, and a policy without unsafe-inline that names it', async () => {
  const [first, second] = [await get('/'), await get('/vms/some-id')];
  const nonce = /nonce="([^"]+)"/.exec(first.body)?.[1] ?? '';
  assert.match(nonce, /^[\w+/]{24}$/);
  const policy = String(first.headers['content-security-policy']);
  assert.ok(policy.includes(`style-src 'self' 'nonce-${nonce}'`));
  assert.doesNotMatch(policy, /unsafe/);
  assert.notEqual(first.body, second.body);
  assert.equal(first.headers['cache-control'], 'no-store');
});

it('files are served with their type, for ever where their name has a hash; nothing beside them', async () => {
  const script = await get('/assets/app-1a2b.js');
  assert.deepEqual([script.statusCode, script.headers['content-type']], [200, 'text/javascript; charset=utf-8']);
  assert.match(String(script.headers['cache-control']), /immutable/);
  for (const url of ['/assets/none.js', '/api/v1/none', '/../../etc/passwd.txt', '/%2e%2e/%2e%2e/etc/passwd.txt'])
    assert.equal((await get(url)).statusCode, 404, url);
});
