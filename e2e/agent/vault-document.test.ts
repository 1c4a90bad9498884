// SPDX-License-Identifier: Apache-2.0
// The vault against its own document: a reader written by docs/reference/vault-format.md alone, that has no line of ours, opens what the product held – with
// the key, which lies where the document says. So it is true what the document and SECURITY.md say: who has both folders reads everything.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { globSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeMarker } from '@lazaret/testkit';
import { makeProduct } from '../support/product.ts';
import { ROOT } from '../support/places.ts';

const DOCS = ROOT;
const FORMAT = readFileSync(join(DOCS, 'docs/reference/vault-format.md'), 'utf8');
const SECURITY = readFileSync(join(DOCS, 'SECURITY.md'), 'utf8');
const GUIDE = readFileSync(join(DOCS, 'docs/operating/quarantine.md'), 'utf8');

const CHUNK = 65_536;
const TAG = 16;

/** "Chunks", "Nonce": a stream of so many bytes, from its place in the entry. */
function openStream(entry: Buffer, key: Buffer, section: number, from: number, bytes: number): Buffer {
  const count = Math.max(1, Math.ceil(bytes / CHUNK));
  const plain: Buffer[] = [];
  for (let number = 0, at = from; number < count; number++) {
    const length = number < count - 1 ? CHUNK : bytes - number * CHUNK;
    const nonce = Buffer.alloc(12);
    nonce[0] = section;
    nonce[1] = number === count - 1 ? 1 : 0;
    nonce.writeUInt32BE(number, 8);
    const opener = createDecipheriv('aes-256-gcm', key, nonce);
    opener.setAAD(entry.subarray(0, 80));
    opener.setAuthTag(entry.subarray(at + length, at + length + TAG));
    plain.push(opener.update(entry.subarray(at, at + length)), opener.final());
    at += length + TAG;
  }
  return Buffer.concat(plain);
}

const sealed = (bytes: number): number => bytes + TAG * Math.max(1, Math.ceil(bytes / CHUNK));

/** "An entry, byte by byte". */
function readByDocument(entry: Buffer, key: Buffer): { readonly metadata: { path: string }; readonly data: Buffer } {
  assert.equal(entry.subarray(0, 8).toString(), 'LAZVAULT');
  assert.deepEqual([entry.readUInt16BE(8), entry.readUInt16BE(10), entry.readUInt32BE(12)], [2, 1, CHUNK]);
  const keyId = createHash('sha256').update('lazaret vault key 1').update(key).digest().subarray(0, 16);
  assert.deepEqual(entry.subarray(16, 32), keyId, 'the key id is the document’s');
  const fileKey = Buffer.from(hkdfSync('sha256', key, entry.subarray(32, 64), 'lazaret vault entry 1', 32));
  const [metadataBytes, tableBytes, dataBytes] = [
    entry.readUInt32BE(64),
    entry.readUInt32BE(68),
    Number(entry.readBigUInt64BE(72)),
  ];
  const tableAt = 80 + sealed(metadataBytes);
  const dataAt = tableAt + sealed(tableBytes);
  const metadata = JSON.parse(openStream(entry, fileKey, 1, 80, metadataBytes).toString()) as { path: string };
  assert.equal(openStream(entry, fileKey, 3, tableAt, tableBytes).length, tableBytes);
  return { metadata, data: openStream(entry, fileKey, 2, dataAt, dataBytes) };
}

/** The paths of the document's table as what they match. */
function documentedPaths(): readonly RegExp[] {
  const rows = Array.from(FORMAT.matchAll(/^\| `((?:vault|keys)\/[^`]+)` \|/gm), ([, path = '']) => path);
  assert.ok(rows.length >= 6, `${rows.length} rows`);
  return rows.map((path) => new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/<[^>]+>/g, '[\\w-]+')}$`));
}

/** What stands below a heading. */
function section(text: string, heading: string): string {
  const found = new RegExp(`^## ${heading}\\n([^]*?)(?=^## |$(?![^]))`, 'm').exec(text);
  return found?.[1] ?? assert.fail(`no section "${heading}"`);
}

test('AC-8a: what is held is encrypted; the documents say that its key lies beside it and against whom that does not defend, and it is so', async (t) => {
  const product = makeProduct(t);
  const marker = makeMarker('Held.Marker');
  const content = marker.atEndOf(CHUNK + 1_000);
  const path = join(product.directory, 'a held file');
  writeFileSync(path, content);
  const ran = await product.scan(path, '--patterns', product.patterns(marker), '--action', 'quarantine');
  assert.equal(ran.code, 1, ran.stderr);

  const files = globSync(['vault/**', 'keys/**'], { cwd: product.state }).filter((name) =>
    statSync(join(product.state, name)).isFile(),
  );
  const known = documentedPaths();
  assert.deepEqual(
    files.filter((name) => !known.some((pattern) => pattern.test(name))),
    [],
    'the document names every file',
  );
  for (const name of files) {
    const bytes = readFileSync(join(product.state, name));
    for (const secret of [marker.text, marker.name, 'a held file'])
      assert.equal(bytes.includes(secret), false, `${secret} stands in ${name}`);
  }
  for (const folder of ['vault', 'keys'])
    assert.equal(statSync(join(product.state, folder)).mode & 0o777, 0o700, folder);
  const entry = files.find((name) => name.endsWith('.lzv')) ?? assert.fail(files.join(' '));
  const keyFile = files.find((name) => name.endsWith('.key')) ?? assert.fail(files.join(' '));
  assert.equal(statSync(join(product.state, keyFile)).mode & 0o777, 0o600);

  // Who has both folders needs nothing of ours.
  const key = Buffer.from(readFileSync(join(product.state, keyFile), 'utf8').trim(), 'hex');
  const { metadata, data } = readByDocument(readFileSync(join(product.state, entry)), key);
  assert.equal(Buffer.from(metadata.path, 'base64').toString(), path);
  assert.ok(data.equals(content));
  const limits = section(FORMAT, 'What this does not defend against');
  for (const said of [
    /keys lie on the same machine/,
    /root on this machine/,
    /whole disk/,
    /backup that holds both/,
    /root can delete/,
  ])
    assert.match(limits, said);
  assert.match(
    SECURITY,
    /The vault of a VM is encrypted against[^.]*; it does not defend against root, nor against who has both `vault\/` and `keys\/`\./,
  );
  assert.match(GUIDE, /\]\(\.\.\/reference\/vault-format\.md\).*`<state>\/keys`.*\]\(\.\.\/\.\.\/SECURITY\.md\)/);

  // Who has the vault alone has nothing, and neither have we.
  renameSync(join(product.state, keyFile), join(product.directory, 'the key'));
  const listed = await product.lazaret('quarantine', 'list', '--json');
  const { entries } = JSON.parse(listed.stdout) as { entries: { state: string; code: string }[] };
  assert.deepEqual(
    entries.map(({ state, code }) => [state, code]),
    [['damaged', 'vault.key_missing']],
  );
});
