// SPDX-License-Identifier: Apache-2.0
// For tests: a certificate that says of itself what a real one says, but that no authority of the installation has signed.
import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** The same names and serial as `certificate`, signed by itself. PEM. */
export async function forgeCertificate(
  certificate: string,
): Promise<{ readonly certificate: string; readonly privateKey: string }> {
  const real = new X509Certificate(certificate);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const forged = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: real.serialNumber,
    name: real.subject.split('\n').join(', '),
    notBefore: new Date('2000-01-01T00:00:00Z'),
    notAfter: new Date(Date.now() + 86_400_000),
    signingAlgorithm: algorithm,
    keys: keys as never,
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    certificate: forged.toString('pem'),
    privateKey: `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`,
  };
}
