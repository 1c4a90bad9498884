// SPDX-License-Identifier: Apache-2.0
// A mail server on this machine alone, so that ./start can show the mail that an administrator would get. It takes every mail and delivers none.
import { LazaretError } from '@lazaret/core';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly to: string;
  readonly subject: string;
}

export interface Mailbox {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  close(): Promise<void>;
}

const MAIL_BYTES_MAX = 1024 * 1024;

export async function openMailbox(port: number, onMail: (mail: ReceivedMail) => void): Promise<Mailbox> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: MAIL_BYTES_MAX,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address).join(', ');
        const mail = { to, subject: subjectOf(Buffer.concat(chunks).toString()) };
        mails.push(mail);
        onMail(mail);
        done();
      });
    },
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error) =>
    reject(new LazaretError('start.journey', `The mailbox of the demo cannot listen: ${error.message}.`)),
  );
  server.listen(port, '127.0.0.1', resolve);
  await promise;
  server.on('error', () => {}); // a client that breaks off is no matter
  return {
    port,
    mails,
    close: () =>
      new Promise((done) => {
        server.close(done);
      }),
  };
}

/** The header, unfolded. Ours are ASCII or RFC 2047 words; the latter are shown as they came. */
function subjectOf(mail: string): string {
  return /^Subject: (.*(?:\r?\n[ \t].*)*)/im.exec(mail)?.[1]?.replaceAll(/\r?\n[ \t]/g, ' ') ?? '';
}
