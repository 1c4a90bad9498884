// SPDX-License-Identifier: Apache-2.0
// Makes a key pair and the certificate request. The library is loaded only for this, because a running agent does not need it and should use little memory.
import { webcrypto } from 'node:crypto';

export interface KeyRequest {
  /** PKCS #8, PEM. */
  readonly privateKey: string;
  /** PKCS #10, PEM. */
  readonly request: string;
}

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;

export async function makeKeyRequest(): Promise<KeyRequest> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto as never);
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=Lazaret agent',
    keys: keys as never,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { privateKey: toPem(der), request: request.toString('pem') };
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}
