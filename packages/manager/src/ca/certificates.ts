// SPDX-License-Identifier: Apache-2.0
// The installation's own certificate authority (MG-1), with P-256 throughout. It creates authorities and signs the certificates of agents and managers. It
// stores nothing: keys and certificates are passed in and returned. It contains no cryptography of its own, but uses @peculiar/x509 over node's WebCrypto.
import 'reflect-metadata';
import { createHash, randomBytes, webcrypto, X509Certificate as NodeCertificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { MANAGER_SERVER_NAME } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';

x509.cryptoProvider.set(webcrypto as never);

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3_650;
const AGENT_DAYS = 90;
const MANAGER_DAYS = 30;
/** A VM whose clock is far behind must be told by how much (SY-6a), not that a certificate is "not yet valid": none of ours begins later. */
const NOT_BEFORE = new Date('2000-01-01T00:00:00Z');

/** A key stands as PKCS #8 in DER. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly privateKey: Buffer;
}

export interface IssuedCertificate {
  readonly certificate: string;
  /** Lower-case hex. */
  readonly serial: string;
  readonly notAfter: Date;
}

export async function makeAuthority(nowMs: number): Promise<KeyedCertificate> {
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: `CN=Lazaret installation ${randomBytes(4).toString('hex')}`,
    notBefore: NOT_BEFORE,
    notAfter: new Date(nowMs + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: SIGNING,
    keys: keys as never,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), privateKey: await exportKey(keys.privateKey) };
}

export interface AgentSubject {
  readonly tenantId: string;
  readonly vmId: string;
}

/** The certificate of a VM for the key in `request`, which must be signed by that very key. Throws `link.bad_request`. */
export async function signAgentRequest(
  authority: KeyedCertificate,
  request: string,
  { tenantId, vmId }: AgentSubject,
  nowMs: number,
): Promise<IssuedCertificate> {
  const parsed = await readRequest(request);
  return await issue(authority, {
    subject: `CN=${vmId}, O=${tenantId}`,
    names: [{ type: 'dns', value: `${vmId}.agent.lazaret.internal` }],
    publicKey: parsed.publicKey,
    days: AGENT_DAYS,
    nowMs,
  });
}

/** A manager's own certificate and key: made anew at each start, so no key of it is ever stored. */
export async function makeManagerCertificate(
  authority: KeyedCertificate,
  places: { readonly names: readonly string[]; readonly addresses: readonly string[] },
  nowMs: number,
): Promise<KeyedCertificate & { readonly notAfter: Date }> {
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const names = [MANAGER_SERVER_NAME, ...places.names].map((value) => ({ type: 'dns' as const, value }));
  const { certificate, notAfter } = await issue(authority, {
    subject: 'CN=Lazaret manager',
    names: [...names, ...places.addresses.map((value) => ({ type: 'ip' as const, value }))],
    publicKey: keys.publicKey as never,
    days: MANAGER_DAYS,
    nowMs,
  });
  return { certificate, privateKey: await exportKey(keys.privateKey), notAfter };
}

/** SHA-256 of the DER in lower-case hex: what a token names an authority by. */
export function fingerprintOf(certificate: string): string {
  return createHash('sha256').update(new NodeCertificate(certificate).raw).digest('hex');
}

/** Both sides may call: an agent is client of the link and server of its stand-by port (SY-7). */
interface Wanted {
  readonly subject: string;
  readonly names: readonly { readonly type: 'dns' | 'ip'; readonly value: string }[];
  readonly publicKey: x509.PublicKeyType;
  readonly days: number;
  readonly nowMs: number;
}

async function issue(authority: KeyedCertificate, wanted: Wanted): Promise<IssuedCertificate> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const serial = newSerial();
  const notAfter = new Date(Math.min(wanted.nowMs + wanted.days * DAY_MS, issuer.notAfter.getTime()));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial,
    issuer: issuer.subject,
    subject: wanted.subject,
    notBefore: NOT_BEFORE,
    notAfter,
    signingAlgorithm: SIGNING,
    publicKey: wanted.publicKey,
    signingKey: await importKey(authority.privateKey),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([CLIENT_AUTH, SERVER_AUTH]),
      new x509.SubjectAlternativeNameExtension([...wanted.names]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey as never),
    ],
  });
  return { certificate: certificate.toString('pem'), serial, notAfter };
}

async function readRequest(pem: string): Promise<x509.Pkcs10CertificateRequest> {
  try {
    const request = new x509.Pkcs10CertificateRequest(pem);
    const { name, namedCurve } = request.publicKey.algorithm as { name: string; namedCurve?: string };
    if (name !== 'ECDSA' || namedCurve !== 'P-256') throw new Error(`a key of ${name} ${namedCurve ?? ''}`);
    if (!(await request.verify())) throw new Error('its signature is not valid');
    return request;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LazaretError('link.bad_request', `The certificate request cannot be used: ${why}.`, { cause });
  }
}

/** Positive, 16 bytes, without leading zeros, so that text and number are the same. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

async function exportKey(key: webcrypto.CryptoKey): Promise<Buffer> {
  return Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
}

function importKey(pkcs8: Buffer): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), KEY, false, ['sign']);
}
