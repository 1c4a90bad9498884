// SPDX-License-Identifier: Apache-2.0
// Sends one mail to an SMTP server (AC-11a): STARTTLS or TLS, with a login if one is set. It owns no connection beyond the call.
import { createTransport } from 'nodemailer';
import type { MailText } from './message.ts';

/** `starttls` is demanded, not tried: a server that does not offer it gets no mail. `none` is for a relay on this machine. */
export type MailSecurity = 'tls' | 'starttls' | 'none';

export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly security: MailSecurity;
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly from: string;
  /** PEM of the authority that signed the server's certificate, where it is not a public one. */
  readonly authority: string | null;
}

export interface Mail extends MailText {
  readonly to: string;
  /** The same for every try, so that a mail that went twice is one mail to its reader. */
  readonly messageId: string;
}

const CONNECT_MS = 15_000;
const SOCKET_MS = 60_000;

/** One address and nothing else: a list, a group or a name before it would make other recipients. */
const ONE_ADDRESS = /^[^\s\p{Cc},;:<>()[\]"@]{1,64}@[^\s\p{Cc},;:<>()[\]"@]{1,253}$/u;

/** Rejects with the server's own words when it did not take the mail. */
export async function sendMail(server: MailServer, mail: Mail): Promise<void> {
  if (!ONE_ADDRESS.test(mail.to)) throw new Error('this is not the address of one recipient');
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SOCKET_MS,
    // Nothing of a message may make the server read files or fetch addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(server.login === null ? {} : { auth: { user: server.login.user, pass: server.login.password } }),
    ...(server.authority === null ? {} : { tls: { ca: server.authority } }),
  });
  try {
    await transport.sendMail({
      from: server.from,
      to: mail.to,
      subject: mail.subject,
      text: mail.body,
      messageId: mail.messageId,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    });
  } finally {
    transport.close();
  }
}
