// SPDX-License-Identifier: Apache-2.0
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createPrivateKey, type KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { LazaretError } from '@lazaret/core';
import * as x509 from '@peculiar/x509';
import { fingerprintOf, makeAuthority, makeManagerCertificate, signAgentRequest } from './certificates.ts';

const NOW = Date.parse('2026-11-30T10:00:00Z');
const DAY_MS = 86_400_000;
const SUBJECT = {
  tenantId: '019ac000-0000-7000-8000-000000000001',
  vmId: '019ac000-0000-7000-8000-000000000002',
};

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** Signed by the key that it is for. */
async function requestFor(algorithm: { readonly name: string; readonly [field: string]: unknown } = P256) {
  const keys = await webcrypto.subtle.generateKey(algorithm as typeof P256, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=root, O=of-somebody-else',
    keys: keys as never,
    signingAlgorithm: { name: algorithm.name, hash: 'SHA-256' } as never,
  });
  return { keys, request };
}

const keyOf = (pkcs8: Buffer): KeyObject => createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
const daysOf = ({ validToDate }: X509Certificate): number => (validToDate.getTime() - NOW) / DAY_MS;

test('an authority signs itself, for ten years, and nothing but certificates of what hangs right below it', async () => {
  const made = await makeAuthority(NOW);
  const certificate = new X509Certificate(made.certificate);
  assert.ok(
    certificate.ca && certificate.verify(certificate.publicKey) && certificate.checkPrivateKey(keyOf(made.privateKey)),
  );
  assert.match(certificate.subject, /^CN=Lazaret installation [0-9a-f]{8}$/);
  assert.equal(certificate.issuer, certificate.subject);
  assert.equal(daysOf(certificate), 3_650);
  assert.equal(certificate.validFromDate.toISOString(), '2000-01-01T00:00:00.000Z');
  assert.deepEqual(certificate.publicKey.asymmetricKeyDetails, { namedCurve: 'prime256v1' });
  const read = new x509.X509Certificate(made.certificate);
  const constraints = read.getExtension(x509.BasicConstraintsExtension);
  assert.deepEqual([constraints?.ca, constraints?.pathLength, constraints?.critical], [true, 0, true]);
  const usages = read.getExtension(x509.KeyUsagesExtension);
  assert.equal(usages?.usages, x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign);
  assert.equal(usages?.critical, true);
  assert.ok(read.getExtension(x509.SubjectKeyIdentifierExtension) !== null);
  const other = await makeAuthority(NOW);
  assert.notEqual(new X509Certificate(other.certificate).subject, certificate.subject);
});

test('a VM is named by the manager, whatever its request says, and has a certificate for its own key', async () => {
  const authority = await makeAuthority(NOW);
  const { request, keys } = await requestFor();
  const issued = await signAgentRequest(authority, request.toString('pem'), SUBJECT, NOW);
  const certificate = new X509Certificate(issued.certificate);
  const root = new X509Certificate(authority.certificate);
  assert.ok(certificate.verify(root.publicKey) && certificate.checkIssued(root) && !certificate.ca);
  assert.equal(certificate.subject, `CN=${SUBJECT.vmId}\nO=${SUBJECT.tenantId}`);
  assert.equal(certificate.subjectAltName, `DNS:${SUBJECT.vmId}.agent.lazaret.internal`);
  assert.equal(daysOf(certificate), 90);
  assert.equal(issued.notAfter.getTime(), certificate.validToDate.getTime());
  assert.equal(certificate.validFromDate.toISOString(), '2000-01-01T00:00:00.000Z', 'to a clock that is behind, too');
  const own = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey));
  assert.ok(own.equals(certificate.publicKey.export({ type: 'spki', format: 'der' })));
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1']);
  const read = new x509.X509Certificate(issued.certificate);
  const usages = read.getExtension(x509.KeyUsagesExtension);
  assert.deepEqual([usages?.usages, usages?.critical], [x509.KeyUsageFlags.digitalSignature, true]);
  const constraints = read.getExtension(x509.BasicConstraintsExtension);
  assert.deepEqual([constraints?.ca, constraints?.critical], [false, true]);
  assert.ok(read.getExtension(x509.AuthorityKeyIdentifierExtension) !== null);
});

test('a serial is positive, as long as its text, and another one each time', async () => {
  const authority = await makeAuthority(NOW);
  const { request } = await requestFor();
  const serials = new Set<string>();
  for (let at = 0; at < 40; at++) {
    const { serial, certificate } = await signAgentRequest(authority, request.toString('pem'), SUBJECT, NOW);
    assert.match(serial, /^[4-7][0-9a-f]{31}$/);
    assert.equal(new X509Certificate(certificate).serialNumber.toLowerCase(), serial);
    serials.add(serial);
  }
  assert.equal(serials.size, 40);
  assert.ok(new Set([...serials].map((serial) => serial.slice(0, 2))).size > 1, 'also at its begin');
});

test('no certificate outlives its authority', async () => {
  const authority = await makeAuthority(NOW - 3_640 * DAY_MS);
  const { request } = await requestFor();
  const issued = await signAgentRequest(authority, request.toString('pem'), SUBJECT, NOW);
  assert.equal(daysOf(new X509Certificate(issued.certificate)), 10);
});

test('a request is signed by the key that it is for, which is of P-256; what is none is refused', async () => {
  const authority = await makeAuthority(NOW);
  const refused = (request: string, why: RegExp): Promise<void> =>
    assert.rejects(signAgentRequest(authority, request, SUBJECT, NOW), (error: LazaretError) => {
      assert.deepEqual([error.code, error.cause instanceof Error], ['link.bad_request', true]);
      assert.match(error.message, why);
      return true;
    });
  await refused('nonsense', /^The certificate request cannot be used: .+\.$/);
  const curve = await requestFor({ ...P256, namedCurve: 'P-384' });
  await refused(curve.request.toString('pem'), /cannot be used: a key of ECDSA P-384\.$/);
  const publicExponent = Uint8Array.of(1, 0, 1);
  const rsa = await requestFor({ name: 'RSASSA-PKCS1-v1_5', modulusLength: 2_048, publicExponent, hash: 'SHA-256' });
  await refused(rsa.request.toString('pem'), /cannot be used: a key of RSASSA-PKCS1-v1_5 \.$/);
  const { request } = await requestFor();
  const bytes = Buffer.from(request.rawData);
  const at = bytes.indexOf('of-somebody-else');
  bytes.write('by-somebody-else', at);
  await refused(new x509.Pkcs10CertificateRequest(bytes).toString('pem'), /its signature is not valid/);
});

test('a manager has a certificate for its places, and a key that fits', async () => {
  const authority = await makeAuthority(NOW);
  const made = await makeManagerCertificate(
    authority,
    { names: ['manager.example'], addresses: ['192.0.2.1', '2001:db8::1'] },
    NOW,
  );
  const certificate = new X509Certificate(made.certificate);
  assert.ok(certificate.verify(new X509Certificate(authority.certificate).publicKey));
  assert.ok(certificate.checkPrivateKey(keyOf(made.privateKey)));
  assert.equal(certificate.subject, 'CN=Lazaret manager');
  assert.equal(
    certificate.subjectAltName,
    'DNS:manager.lazaret.internal, DNS:manager.example, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1',
  );
  assert.equal(daysOf(certificate), 30);
  assert.equal(made.notAfter.getTime(), certificate.validToDate.getTime());
});

test('a token names an authority by the SHA-256 of its certificate', async () => {
  const { certificate } = await makeAuthority(NOW);
  const plain = new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();
  assert.equal(fingerprintOf(certificate), plain);
  assert.throws(() => fingerprintOf('nonsense'));
});
