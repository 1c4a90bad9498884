// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTenantFile, kindsWith, type OwnSignature, signatureFiles, tenantTable } from './own-signatures.ts';

const DIGEST = 'AB'.repeat(32);
const of = (kind: OwnSignature['kind'], name: string, body: string): OwnSignature => ({
  kind,
  name,
  body,
  threatKind: 'other',
});

test('the names that people gave stand in front, whatever a ClamAV line was called', () => {
  const of = (body: string) => signatureFiles([{ kind: 'clamav', name: 'Acme.X', body, threatKind: 'other' }]);
  assert.deepEqual(of('Foreign.Name:0:*:6162'), [{ name: 'tenant.ndb', text: 'Acme.X:0:*:6162\n' }]);
  assert.deepEqual(of('Foreign;Target:0;0;6162'), [{ name: 'tenant.ldb', text: 'Acme.X;Target:0;0;6162\n' }]);
  assert.deepEqual(of('6162??63'), [{ name: 'tenant.ndb', text: 'Acme.X:0:*:6162??63\n' }]);
  const table = kindsWith({ text: '{"prefixes":[{"prefix":"A","kind":"test"}]}', where: 'kinds.json' }, [
    { kind: 'sha256', name: 'Acme.X', body: '', threatKind: 'miner' },
  ]);
  assert.deepEqual(JSON.parse(table).prefixes[0], { prefix: 'Acme.X', kind: 'miner', exact: true });
});

test('AC-14b: what a YARA signature of a tenant finds has a name that its VMs know, whatever stands before or in the rule', () => {
  const of = (body: string) => [{ kind: 'yara', name: 'Acme.X', body, threatKind: 'other' } as const];
  const namesOf = (body: string): readonly string[] => JSON.parse(tenantTable(of(body))).names;
  const rest = 'evil { condition: true }';
  for (const body of [
    `rule ${rest}`,
    `// a rule\nrule ${rest}`,
    `/* rule\n*/ private rule\t\n${rest}`,
    `rule rule rule ${rest}`,
  ])
    assert.ok(namesOf(body).includes('YARA.evil'), body);
  const named = (meta: string) => `rule x { meta: ${meta} strings: $name = "a" condition: $name }`;
  assert.deepEqual(namesOf(named('name = "Other.Name"')), ['Acme.X', 'Other.Name', 'YARA.x']);
  assert.equal(signatureFiles(of(named('name = "Other.Name"'))).length, 1);
  for (const body of [
    `rule/**/${rest}`,
    `rule // x\n${rest}`,
    `rule fine { condition: false } rule\n/* x */${rest}`,
    named(String.raw`name = "\x41cme"`),
    named('name/**/= "Other"'),
    named('name = /**/ "Other"'),
    named('name = "Fine" name = "two words"'),
  ])
    assert.throws(() => signatureFiles(of(body)), { code: 'patterns.signature' }, body);
});

test('PF-6e: each kind is one file, and each YARA text a file of its own', () => {
  assert.deepEqual(
    signatureFiles([
      of('sha256', 'Acme.One', ` ${DIGEST}\n`),
      of('yara', 'acme_rule', 'rule x { condition: true }'),
      of('clamav', 'Acme.Two', '616263'),
      of('sha256', 'Acme.Three', DIGEST.toLowerCase()),
    ]),
    [
      { name: 'tenant-acme_rule.yar', text: 'rule x { condition: true }\n' },
      { name: 'tenant.hsb', text: `${DIGEST.toLowerCase()}:*:Acme.One:73\n${DIGEST.toLowerCase()}:*:Acme.Three:73\n` },
      { name: 'tenant.ndb', text: 'Acme.Two:0:*:616263\n' },
    ],
  );
  assert.deepEqual(signatureFiles([]), []);
});

test('a body that cannot be one is refused with its name and why', () => {
  const refused = (signature: OwnSignature, why: string): void =>
    assert.throws(() => signatureFiles([signature]), {
      code: 'patterns.signature',
      message: `The signature Acme.X cannot be used: ${why}.`,
      where: '/body',
    });
  for (const body of [DIGEST.slice(1), `${DIGEST}a`, `g${DIGEST.slice(1)}`, '', `${DIGEST}:1`])
    refused(of('sha256', 'Acme.X', body), 'a SHA-256 has 64 hexadecimal digits');
  for (const body of ['61\n62', '61\r62']) refused(of('clamav', 'Acme.X', body), 'it has more than one line');
  refused(of('yara', 'Acme.X', 'rule/* */x { condition: true }'), 'a comment follows the word "rule"');
  refused(
    of('yara', 'Acme.X', 'rule x { meta: name = 7 condition: true }'),
    'after "name", the text must consist of letters, digits, ".", "_" and "-"',
  );
});

test('a YARA text whose name is too long for the name of its file is refused at once', () => {
  const named = (length: number): OwnSignature => of('yara', 'a'.repeat(length), 'rule x { condition: true }');
  assert.equal(signatureFiles([named(110)]).length, 1);
  assert.throws(() => signatureFiles([named(128)]), { code: 'patterns.file_name', where: '/name' });
});

test('AC-14b: the names of a tenant stand once each, in order; what is no name of a rule is none', () => {
  const namesOf = (...signatures: OwnSignature[]): unknown => JSON.parse(tenantTable(signatures));
  assert.deepEqual(
    namesOf(
      of('sha256', 'B', DIGEST),
      of('clamav', 'A', 'rule evil'),
      of('yara', 'B', 'rule x { strings: $name = "a" condition: $name and #name == 1 and my_name = "b" }'),
    ),
    { names: ['A', 'B', 'YARA.x'] },
  );
  const long = 'x'.repeat(128);
  const named = (name: string) => of('yara', 'B', `rule x { meta: name="${name}" condition: true }`);
  assert.deepEqual(namesOf(named(long)), { names: ['B', 'YARA.x', long] });
  assert.throws(() => signatureFiles([named(`${long}x`)]), { code: 'patterns.signature' });
  assert.throws(() => signatureFiles([named('')]), { code: 'patterns.signature' });
  assert.deepEqual(namesOf(of('yara', 'B', 'rule x { meta: name = 7 condition: true }')), { names: ['B', 'YARA.x'] });
  assert.deepEqual(namesOf(of('yara', 'B', 'xrule y { condition: true }')), { names: ['B'] });
  assert.deepEqual(namesOf(of('yara', 'B', 'rule x{ meta: a = "b" name\n=\t"C" condition: true }')), {
    names: ['B', 'C', 'YARA.x'],
  });
});

test('a tenant’s own names come before all others of the table, which stay', () => {
  const table = '{"prefixes":[{"prefix":"Win.","kind":"virus"},{"prefix":"Acme.","kind":"test"}]}';
  assert.deepEqual(
    JSON.parse(kindsWith({ text: table, where: 'kinds.json' }, [{ ...of('yara', 'Win', ''), threatKind: 'pua' }])),
    {
      prefixes: [
        { prefix: 'Win', kind: 'pua', exact: true },
        { prefix: 'Win.', kind: 'virus' },
        { prefix: 'Acme.', kind: 'test' },
      ],
    },
  );
});

test('a table that has no rows is refused with its place, not put before', () => {
  for (const text of ['', '{', 'null', '[]', '{"prefixes":7}'])
    assert.throws(
      () => kindsWith({ text, where: 'kinds.json' }, []),
      { code: 'patterns.table', where: 'kinds.json' },
      text,
    );
});

test('a tenant’s own files are known by their names', () => {
  const files = signatureFiles([
    of('sha256', 'A', DIGEST),
    of('clamav', 'B', '6162'),
    of('yara', 'c', 'rule x { condition: true }'),
  ]);
  for (const { name } of files) assert.ok(isTenantFile(name), name);
  for (const name of ['tenants.ndb', 'x-tenant.ndb', 'tenant', 'Tenant.ndb'])
    assert.equal(isTenantFile(name), false, name);
});
