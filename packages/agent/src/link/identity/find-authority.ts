// SPDX-License-Identifier: Apache-2.0
// Before activation an agent knows only the fingerprint of its manager's authority. The agent takes the authority's certificate from the TLS handshake of a
// connection on which nothing is sent. It accepts the certificate only if the fingerprint matches, and verifies every later connection with it.
import { createHash } from 'node:crypto';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { MANAGER_SERVER_NAME, splitManagerAddress } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';

const TIMEOUT_MS = 10_000;
const CHAIN_MAX = 8;

/** PEM of the authority. Rejects with `link.unreachable`, or `link.untrusted` where somebody else answers. */
export async function findAuthority(address: string, fingerprints: readonly string[]): Promise<string> {
  const chain = await readChain(address);
  const found = chain.find((raw) => fingerprints.includes(createHash('sha256').update(raw).digest('hex')));
  if (found !== undefined) return toPem(found);
  throw new LazaretError('link.untrusted', `${address} answers, but is not the manager that the token names.`, {
    where: address,
  });
}

function readChain(address: string): Promise<readonly Buffer[]> {
  const { host, port } = splitManagerAddress(address);
  return new Promise((resolve, reject) => {
    // Nothing is sent: the handshake is looked at, and the connection ended.
    const socket = connect({
      host,
      port,
      servername: MANAGER_SERVER_NAME,
      minVersion: 'TLSv1.3',
      rejectUnauthorized: false,
    });
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
    };
    socket.on('error', (cause: Error) => {
      end();
      const why =
        cause instanceof AggregateError ? cause.errors.map((one: Error) => one.message).join('; ') : cause.message;
      reject(new LazaretError('link.unreachable', `${address}: ${why}`, { where: address, cause }));
    });
    socket.on('secureConnect', () => {
      const chain = listChain(socket.getPeerCertificate(true));
      end();
      resolve(chain);
    });
  });
}

function listChain(leaf: DetailedPeerCertificate): readonly Buffer[] {
  const chain: Buffer[] = [];
  let at: DetailedPeerCertificate | undefined = leaf;
  while (at?.raw !== undefined && chain.length < CHAIN_MAX) {
    chain.push(at.raw);
    at = at.issuerCertificate === at ? undefined : at.issuerCertificate;
  }
  return chain;
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
