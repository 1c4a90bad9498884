// SPDX-License-Identifier: Apache-2.0
// A real SMTP server for tests, with STARTTLS and a login, that keeps what it was given and can be down.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import type { MailServer } from '../notify/index.ts';

export interface KeptMail {
  readonly to: string;
  /** The whole message as it came: headers, an empty line, the body. */
  readonly raw: string;
  readonly secure: boolean;
  readonly user: string | undefined;
}

export interface TestMailServer {
  readonly settings: MailServer;
  readonly mails: KeptMail[];
  /** Closes its port until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
}

const LOGIN = { user: 'lazaret', password: 'of the test' };

export async function testMailServer(test: { after(work: () => Promise<void>): void }): Promise<TestMailServer> {
  const { key, cert } = makeCertificate();
  const mails: KeptMail[] = [];
  const make = (): SMTPServer =>
    new SMTPServer({
      key,
      cert,
      authMethods: ['PLAIN'],
      onAuth: ({ username, password }, _session, done) =>
        username === LOGIN.user && password === LOGIN.password
          ? done(null, { user: username })
          : done(new Error('wrong login')),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map(({ address }) => address).join(',');
          mails.push({ to, raw: Buffer.concat(chunks).toString(), secure: session.secure, user: session.user });
          done();
        });
      },
    });
  let running: SMTPServer | null = make();
  const listen = async (port: number): Promise<number> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const server = running ?? make();
    server.listen(port, '127.0.0.1', resolve);
    await promise;
    return (server.server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const down = async (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (running === null) return;
    running.close(resolve);
    running = null;
    await promise;
  };
  test.after(down);
  return {
    settings: {
      host: '127.0.0.1',
      port,
      security: 'starttls',
      login: LOGIN,
      from: 'lazaret@example.org',
      authority: cert,
    },
    mails,
    down,
    up: async () => {
      running = make();
      await listen(port);
    },
  };
}

export function makeCertificate(): { readonly key: string; readonly cert: string } {
  const directory = mkdtempSync(join(tmpdir(), 'lazaret-smtp-'));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const made = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  rmSync(directory, { recursive: true });
  return made;
}
