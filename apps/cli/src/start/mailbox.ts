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

/** The header, unfolded and as a mail program shows it: RFC 2047 words in UTF-8 are what they stand for. */
export function subjectOf(mail: string): string {
  const header = /^Subject: (.*(?:\r?\n[ \t].*)*)/im.exec(mail)?.[1]?.replaceAll(/\r?\n[ \t]+/g, ' ') ?? '';
  // White space between two words is none of the text, and a character may be in two of them.
  const joined = header.replaceAll(/(\?=)[ \t]+(?==\?)/g, '$1');
  return joined.replaceAll(/(?:=\?UTF-8\?[QB]\?[^?]*\?=)+/gi, (words) =>
    Buffer.concat(Array.from(words.matchAll(/=\?UTF-8\?([QB])\?([^?]*)\?=/gi), bytesOfWord)).toString(),
  );
}

function bytesOfWord([, encoding = '', text = '']: RegExpMatchArray): Buffer {
  if (encoding.toUpperCase() === 'B') return Buffer.from(text, 'base64');
  const plain = text.replaceAll('_', ' ');
  const decoded = plain.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(decoded, 'latin1');
}
