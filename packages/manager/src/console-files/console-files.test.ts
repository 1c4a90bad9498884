// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { after, it } from 'node:test';
import { CONSOLE_NONCE_PLACEHOLDER } from '@lazaret/contract';
import { temporaryDirectory } from '@lazaret/testkit';
import { testServer } from '../testing/test-server.ts';
import { registerConsoleFiles } from './index.ts';

const directory = temporaryDirectory({ after });
mkdirSync(join(directory, 'assets'));
writeFileSync(join(directory, 'index.html'), `<meta property="csp-nonce" nonce="${CONSOLE_NONCE_PLACEHOLDER}">`);
writeFileSync(join(directory, 'assets/app-1a2b.js'), 'export {};');
writeFileSync(join(directory, 'assets/other-7a8b.js'), 'export {};');
const SCRIPT = 'export const text = "the same again and again";\n'.repeat(100);
writeFileSync(join(directory, 'assets/large-3c4d.js'), SCRIPT);
writeFileSync(join(directory, 'assets/large-3c4d.js.br'), brotliCompressSync(SCRIPT));
writeFileSync(join(directory, 'assets/large-3c4d.js.gz'), gzipSync(SCRIPT));
writeFileSync(join(directory, 'index.html.br'), brotliCompressSync('page'));
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
  assert.deepEqual([script.statusCode, script.headers['content-type']], [200, 'application/javascript; charset=utf-8']);
  assert.match(String(script.headers['cache-control']), /immutable/);
  for (const url of ['/assets/none.js', '/api/v1/none', '/../../etc/passwd.txt', '/%2e%2e/%2e%2e/etc/passwd.txt'])
    assert.equal((await get(url)).statusCode, 404, url);
});

it('a compressed form has no address of its own, and a file that came after the start has none yet', async () => {
  writeFileSync(join(directory, 'assets/later-5e6f.js'), 'export {};');
  const compressed = ['/assets/large-3c4d.js.br', '/assets/large-3c4d.js.gz', '/index.html.br'];
  for (const url of [...compressed, '/assets/later-5e6f.js']) assert.equal((await get(url)).statusCode, 404, url);
});

it('a file that is replaced is served as it is now; one that went is none', async () => {
  const path = join(directory, 'assets/other-7a8b.js');
  writeFileSync(path, 'export const replaced = 1;');
  assert.equal((await get('/assets/other-7a8b.js')).body, 'export const replaced = 1;');
  rmSync(path);
  assert.equal((await get('/assets/other-7a8b.js')).statusCode, 404);
});

it('what the build compressed goes as it is to whoever takes it, and as a whole to who does not', async () => {
  const ask = (encoding: string) =>
    server.inject({ method: 'GET', url: '/assets/large-3c4d.js', headers: { 'accept-encoding': encoding } });
  const unpack: Record<string, (bytes: Buffer) => Buffer> = {
    br: brotliDecompressSync,
    gzip: gunzipSync,
    identity: (bytes) => bytes,
  };
  for (const [encoding, read] of Object.entries(unpack)) {
    const { headers, rawPayload } = await ask(encoding);
    assert.equal(headers['content-encoding'], encoding === 'identity' ? undefined : encoding);
    assert.equal(headers['content-type'], 'application/javascript; charset=utf-8');
    assert.match(String(headers['cache-control']), /immutable/);
    assert.match(String(headers.vary), /accept-encoding/i);
    assert.equal(read(rawPayload).toString(), SCRIPT, encoding);
  }
  const small = await server.inject({
    method: 'GET',
    url: '/assets/app-1a2b.js',
    headers: { 'accept-encoding': 'br, gzip' },
  });
  assert.deepEqual([small.statusCode, small.body, small.headers['content-encoding']], [200, 'export {};', undefined]);
});
