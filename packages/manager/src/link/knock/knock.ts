// SPDX-License-Identifier: Apache-2.0
// Knocks at an agent's stand-by port (SY-7): a TLS handshake in which both sides prove themselves, and nothing else. An agent that waits between two tries then
// checks in at once.
import { connect } from 'node:tls';
import type { KeyedCertificate } from '../../ca/index.ts';

export interface KnockTarget {
  readonly addresses: readonly string[];
  readonly port: number;
  readonly vmId: string;
}

const TIMEOUT_MS = 3_000;

/** True when the agent let itself be knocked at. Tries its addresses one after the other; never rejects. */
export async function knock(
  { addresses, port, vmId }: KnockTarget,
  own: KeyedCertificate,
  authorities: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<boolean> {
  for (const host of addresses) {
    if (signal.aborted) return false;
    if (await knockAt(host, port, vmId, own, authorities, signal)) return true;
  }
  return false;
}

function knockAt(
  host: string,
  port: number,
  vmId: string,
  { certificate, privateKey }: KeyedCertificate,
  authorities: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      ca: [...authorities],
      cert: certificate,
      key: toPem(privateKey),
      // Whoever has taken over the address is not the VM that is meant.
      servername: `${vmId}.agent.lazaret.internal`,
      minVersion: 'TLSv1.3',
    });
    const finish = (answered: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(answered);
    };
    const abort = (): void => finish(false);
    signal.addEventListener('abort', abort, { once: true });
    const timer = setTimeout(() => finish(false), TIMEOUT_MS);
    socket.on('error', () => finish(false));
    // TLS 1.3: our certificate is judged after our side is done; the agent's clean end says that it was taken.
    socket.on('secureConnect', () => socket.resume());
    socket.on('end', () => finish(true));
    socket.on('close', () => finish(false));
  });
}

export function toPem(pkcs8: Buffer): string {
  const lines = pkcs8.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}
