// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  patternReleaseSchema,
  patternsOverviewSchema,
  PROVIDER_TENANT_ID,
  signatureListSchema,
  signatureSchema,
} from '@lazaret/contract';
import { compileKinds, type KindRow } from '@lazaret/core';
import { releaseIdOf } from '@lazaret/patterns';
import { releaseVectors, until } from '@lazaret/testkit';
import { readRelease } from '../link/releases.ts';
import { TEST_PATTERNS } from '../testing/test-manager.ts';
import { testServer } from '../testing/test-server.ts';
import { readFileText } from './files.ts';
import { importRelease } from './import-release.ts';
import { ensureFirstRelease, registerPatternRoutes, workSignatureChecks } from './index.ts';
import { addSignature, type SignatureLimits } from './signatures.ts';

const { parts, tenantId, otherTenantId, ask } = await testServer({ after }, (server, made) =>
  registerPatternRoutes(server, made, TEST_PATTERNS),
);
const refused = new Set<string>();
await workSignatureChecks(parts, ([file]) =>
  Promise.resolve(refused.has(file?.name ?? '') ? 'the engine says no' : null),
);
const offered = (tenant: string) => parts.database.asTenant(tenant, (tx) => readRelease(tx, tenant, true));

async function settled(id: string) {
  const find = async () => {
    const { items } = signatureListSchema.parse((await ask('read-only', 'GET', '/patterns/signatures')).body);
    return items.find((one) => one.id === id && one.state !== 'checking');
  };
  await until(async () => (await find()) !== undefined, 'it is checked');
  return (await find()) ?? assert.fail('it was there');
}

describe('pattern releases', () => {
  it('PF-6b, PF-6c: a directory of ClamAV files, YARA rules and hash lists is a release, named after its bytes', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'lazaret-patterns-'));
    t.after(() => rmSync(directory, { recursive: true }));
    writeFileSync(join(directory, 'own.ndb'), 'Own.Marker:0:*:6d61726b6572\n');
    writeFileSync(join(directory, 'own.hsb'), `${'ab'.repeat(32)}:*:Own.Hash:73\n`);
    writeFileSync(join(directory, 'own.yar'), 'rule own { condition: false }\n');
    writeFileSync(join(directory, 'notes.txt'), 'no pattern\n');
    const body = { source: 'directory', label: 'mirror', directory };
    const made = await ask('provider', 'POST', '/api/v1/provider/releases', body);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const release = patternReleaseSchema.parse(made.body);
    assert.match(release.id, /^mirror-[0-9a-f]{12}$/);
    assert.deepEqual(
      (await ask('provider', 'POST', '/api/v1/provider/releases', body)).body.id,
      release.id,
      'the same bytes',
    );
    assert.equal(await offered(tenantId), null, 'nobody has it before it is activated');
    await ask('provider', 'POST', `/api/v1/provider/releases/${release.id}/activate`);
    const names = (await offered(tenantId))?.files.map(({ name }) => name) ?? [];
    assert.ok(['own.ndb', 'own.hsb', 'own.yar', 'eicar.yar', 'kinds.json'].every((name) => names.includes(name)));
    assert.ok(!names.includes('notes.txt'));
  });

  it('a release has the name that the vectors say (vectors/releases.json)', async () => {
    for (const { why, label, files, id } of releaseVectors()) {
      const sources = files.map(({ name, text }) => ({ name, open: () => [Buffer.from(text)] }));
      const news = { label, source: 'vectors', now: new Date(), importedBy: null };
      assert.equal(
        await parts.database.asTenant(PROVIDER_TENANT_ID, (tx) => importRelease(tx, sources, news)),
        id,
        why,
      );
    }
  });

  it('PF-6d: files that are sent are a release; what is no pattern, and what cannot be found, is refused with a code', async () => {
    const file = { name: 'sent.ndb', contentBase64: Buffer.from('Sent.Marker:0:*:73656e74\n').toString('base64') };
    const post = (body: object) => ask('provider', 'POST', '/api/v1/provider/releases', body);
    assert.equal((await post({ source: 'upload', label: 'sent', files: [file] })).status, 201);
    const twice = (other: object) => post({ source: 'upload', label: 'twice', files: [file, { ...file, ...other }] });
    assert.equal(
      (await twice({})).body.files,
      (await post({ source: 'upload', label: 'once', files: [file] })).body.files,
    );
    assert.equal((await twice({ contentBase64: 'eA==' })).body.error.code, 'patterns.duplicate');
    assert.equal(
      (await post({ source: 'directory', label: 'x', directory: '/nonexistent' })).body.error.code,
      'path.not_found',
    );
    assert.equal((await post({ source: 'clamav', label: 'x' })).body.error.code, 'path.not_found');
    assert.equal(
      (await ask('admin', 'POST', '/api/v1/provider/releases', { source: 'starter', label: 'x' })).status,
      403,
    );
  });

  it('PF-4d: one command goes back to the release before', async () => {
    const { items } = (await ask('provider', 'GET', '/api/v1/provider/releases')).body;
    const other = items.find((one: { state: string }) => one.state === 'imported');
    const before = items.find((one: { state: string }) => one.state === 'active');
    await ask('provider', 'POST', `/api/v1/provider/releases/${other.id}/activate`);
    assert.equal((await offered(tenantId))?.id, other.id);
    await ask('provider', 'POST', `/api/v1/provider/releases/${before.id}/activate`);
    assert.equal((await offered(tenantId))?.id, before.id);
    await ensureFirstRelease(parts, TEST_PATTERNS.starterDirectory);
    assert.equal((await offered(tenantId))?.id, before.id, 'the first release is made where there is none alone');
  });
});

describe('a tenant’s own signatures', () => {
  it('PF-6e: checked before they count, then in the release of that tenant alone, with their kind', async () => {
    const theirs = await offered(otherTenantId);
    const body = { kind: 'sha256', name: 'Acme.Worm-1', body: 'cd'.repeat(32), threatKind: 'worm' };
    const made = await ask('operator', 'POST', '/patterns/signatures', body);
    assert.equal(signatureSchema.parse(made.body).state, 'checking');
    assert.equal((await settled(made.body.id)).state, 'active');
    const release = await offered(tenantId);
    assert.ok(release !== null && release.files.some(({ name }) => name === 'tenant.hsb'));
    assert.equal(release.id, releaseIdOf(release.id.slice(0, -13), release.files));
    assert.deepEqual(await offered(otherTenantId), theirs, 'the other tenant has nothing of it');
    const overview = patternsOverviewSchema.parse((await ask('read-only', 'GET', '/patterns')).body);
    assert.ok(overview.releases.some(({ id, state }) => id === release.id && state === 'active'));
    await ask('operator', 'DELETE', `/patterns/signatures/${made.body.id}`);
    assert.deepEqual(await offered(tenantId), theirs, 'and back to the provider’s');
  });

  it('PF-6e: one that the engine refuses never counts, and says why; one of a wrong form is refused at once', async () => {
    refused.add('tenant-bad_rule.yar');
    const made = await ask('admin', 'POST', '/patterns/signatures', { kind: 'yara', name: 'bad_rule', body: 'rule {' });
    const found = await settled(made.body.id);
    assert.deepEqual([found.state, found.why], ['refused', 'the engine says no']);
    assert.ok(!(await offered(tenantId))?.files.some(({ name }) => name.startsWith('tenant')));
    const wrong = await ask('admin', 'POST', '/patterns/signatures', { kind: 'sha256', name: 'short', body: 'abc' });
    assert.equal(wrong.body.error.code, 'patterns.signature');
    const twice = await ask('admin', 'POST', '/patterns/signatures', {
      kind: 'yara',
      name: 'bad_rule',
      body: 'rule x {}',
    });
    assert.equal(twice.status, 409);
  });

  it('PF-6e: a name that others begin with says nothing of the others: nobody passes what the provider finds by naming a signature', async () => {
    const body = { kind: 'sha256', name: 'Win', body: 'ef'.repeat(32), threatKind: 'pua' };
    const made = await ask('operator', 'POST', '/patterns/signatures', body);
    assert.equal((await settled(made.body.id)).state, 'active');
    const file = (await offered(tenantId))?.files.find(({ name }) => name === 'kinds.json');
    const table = await parts.database.asTenant(tenantId, (tx) => readFileText(tx, file?.sha256 ?? ''));
    const kindOf = compileKinds((JSON.parse(table ?? '') as { prefixes: KindRow[] }).prefixes);
    assert.deepEqual([kindOf('Win'), kindOf('Win.Trojan.Agent-1')], ['pua', 'trojan']);
    await ask('operator', 'DELETE', `/patterns/signatures/${made.body.id}`);
  });

  it('PF-6e: where the provider has files of the names that are a tenant’s own, the tenant’s stand in their place, each once', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'lazaret-patterns-'));
    t.after(() => rmSync(directory, { recursive: true }));
    writeFileSync(join(directory, 'tenant.ndb'), 'Provider.Marker:0:*:6d61726b6572\n');
    writeFileSync(join(directory, 'tenant.json'), JSON.stringify({ names: ['Provider.Marker'] }));
    const imported = await ask('provider', 'POST', '/api/v1/provider/releases', {
      source: 'directory',
      label: 'own-names',
      directory,
    });
    await ask('provider', 'POST', `/api/v1/provider/releases/${imported.body.id}/activate`);
    const made = await ask('operator', 'POST', '/patterns/signatures', {
      kind: 'clamav',
      name: 'Acme.Two',
      body: '616263',
    });
    assert.equal((await settled(made.body.id)).state, 'active');
    const files = (await offered(tenantId))?.files ?? [];
    assert.equal(new Set(files.map(({ name }) => name)).size, files.length, files.map(({ name }) => name).join());
    const own = files.find(({ name }) => name === 'tenant.ndb');
    const text = await parts.database.asTenant(tenantId, (tx) => readFileText(tx, own?.sha256 ?? ''));
    assert.match(text ?? '', /^Acme\.Two:/);
    await ask('operator', 'DELETE', `/patterns/signatures/${made.body.id}`);
  });

  it('PF-6e: one too many, too large or with too many names is refused, so that a VM takes the release of all', async () => {
    const actor = { kind: 'user', id: 'x', name: 'x' } as const;
    const add = (body: string, limits: SignatureLimits) =>
      parts.database.asTenant(otherTenantId, (tx) => {
        const place = { tx, tenantId: otherTenantId, id: parts.newId(), now: new Date(), actor };
        const added = { kind: 'yara', name: parts.newId(), body, threatKind: 'other', reason: '' } as const;
        return addSignature(parts, place, added, limits);
      });
    const fine: SignatureLimits = { signatures: 1, bytes: 60, words: 3, checking: 9 };
    await add('rule a {} rule b {}', fine);
    const refused = { code: 'api.conflict' };
    await assert.rejects(add('rule c {}', fine), refused);
    await assert.rejects(add('rule c {}', { ...fine, signatures: 2 }), refused, 'names');
    await assert.rejects(add('x'.repeat(60), { ...fine, signatures: 2, words: 9 }), refused, 'bytes');
    await assert.rejects(add('rule c {}', { signatures: 2, bytes: 60, words: 9, checking: 0 }), {
      code: 'api.too_many',
    });
    await add('rule c {}', { signatures: 2, bytes: 60, words: 9, checking: 9 });
  });
});
