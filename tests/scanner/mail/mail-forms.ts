// SPDX-License-Identifier: Apache-2.0
// Mails in forms that mail programs read differently. Each is put together out of one choice in every dimension; the payload holds a marker that stands
// nowhere in the mail as it is.
import { gzipSync } from 'node:zlib';
import { makeZip } from '@lazaret/testkit';

export interface MailForm {
  readonly name: string;
  readonly bytes: Buffer;
}

/** One choice in each dimension, by name. */
export interface Choice {
  readonly first: keyof typeof FIRST;
  readonly boundary: keyof typeof BOUNDARIES;
  readonly line: keyof typeof LINES;
  readonly coding: keyof typeof CODINGS;
  readonly gap: keyof typeof GAPS;
  readonly delimiter: keyof typeof DELIMITERS;
  readonly nesting: keyof typeof NESTINGS;
  readonly payload: keyof typeof PAYLOADS;
}

export const PLAIN: Choice = {
  first: 'from',
  boundary: 'quoted',
  line: 'crlf',
  coding: 'base64',
  gap: 'empty',
  delimiter: 'plain',
  nesting: 'none',
  payload: 'zip',
};

const FIRST = {
  from: '',
  own: 'X-Originating-System: seven\n',
  unknown: 'Foo: bar\n',
  mark: '\u00ef\u00bb\u00bf',
  'empty lines': '\n\n',
  mailbox: 'From a@example.test Sun Nov 29 10:00:00 2026\n',
  'quoted mailbox': '>From a@example.test Sun Nov 29 10:00:00 2026\n',
  blanks: '  ',
  'many of its own': Array.from({ length: 400 }, (_, at) => `X-Spam-${at}: ${'no '.repeat(30)}\n`).join(''),
  'blank before colon': 'X-Mailer : seven\n',
  sentence: 'this is no header\n',
  'many sentences': 'this is no header, and nor is that which follows it\n'.repeat(2_000),
};

/** How the head names the boundary that the parts use, and which that is. The decoy's is `decoy`. */
const BOUNDARIES = {
  quoted: ['Content-Type: multipart/mixed; boundary="real"', 'real'],
  bare: ['Content-Type: multipart/mixed; boundary=real', 'real'],
  'two types, the second holds': [
    'Content-Type: multipart/mixed; boundary=decoy\nContent-Type: multipart/mixed; boundary=real',
    'real',
  ],
  'two types, the first holds': [
    'Content-Type: multipart/mixed; boundary=real\nContent-Type: multipart/mixed; boundary=decoy',
    'real',
  ],
  'two types, one plain': ['Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=real', 'real'],
  'two types, plain last': ['Content-Type: multipart/mixed; boundary=real\nContent-Type: text/plain', 'real'],
  'in the disposition': ['Content-Type: multipart/mixed\nContent-Disposition: inline; boundary="real"', 'real'],
  'decoy and disposition': [
    'Content-Type: multipart/mixed; boundary=decoy\nContent-Disposition: inline; boundary="real"',
    'real',
  ],
  semicolon: ['Content-Type: multipart/mixed; boundary="real;"', 'real;'],
  'semicolon, behind a decoy': ['Content-Type: multipart/mixed; boundary="real;"', 'real;', 'real'],
  'quoted pair, behind a decoy': ['Content-Type: multipart/mixed; boundary="re\\al"', 'real', 're\\al'],
  'semicolon and more': ['Content-Type: multipart/mixed; boundary="decoy;x"', 'decoy;x'],
  'quoted pair': ['Content-Type: multipart/mixed; boundary="re\\al"', 'real'],
  'quoted pair kept': ['Content-Type: multipart/mixed; boundary="re\\al"', 're\\al'],
  'quoted quote': ['Content-Type: multipart/mixed; boundary="re\\"al"', 're"al'],
  'bare blank': ['Content-Type: multipart/mixed; boundary=real one', 'real one'],
  'bare blank, first word': ['Content-Type: multipart/mixed; boundary=real one', 'real'],
  'blank at the end': ['Content-Type: multipart/mixed; boundary="real "', 'real '],
  continued: ['Content-Type: multipart/mixed; boundary*0="re"; boundary*1="al"', 'real'],
  'continued backwards': ['Content-Type: multipart/mixed; boundary*1="al"; boundary*0="re"', 'real'],
  'continued and plain': ['Content-Type: multipart/mixed; boundary=decoy; boundary*0="re"; boundary*1="al"', 'real'],
  percent: ["Content-Type: multipart/mixed; boundary*=us-ascii'en're%61l", 'real'],
  'percent kept': ["Content-Type: multipart/mixed; boundary*=us-ascii'en're%61l", 're%61l'],
  'percent continued': ["Content-Type: multipart/mixed; boundary*0*=us-ascii'en're%61; boundary*1*=%6c", 'real'],
  comment: ['Content-Type: multipart/mixed; boundary=(a comment)real', 'real'],
  'comment behind': ['Content-Type: multipart/mixed; boundary=real (a comment)', 'real'],
  'comment with a decoy': ['Content-Type: multipart/mixed (; boundary=decoy); boundary=real', 'real'],
  'folded inside': ['Content-Type: multipart/mixed; boundary="re\n al"', 're al'],
  'folded before': ['Content-Type: multipart/mixed;\n\tboundary="real"', 'real'],
  'folded at the equals sign': ['Content-Type: multipart/mixed; boundary=\n "real"', 'real'],
  'folded over a blank line': ['Content-Type: multipart/mixed;\n \n boundary="real"', 'real'],
  'not folded': ['Content-Type: multipart/mixed;\nboundary="real"', 'real'],
  'return in it': ['Content-Type: multipart/mixed;\r boundary="real"', 'real'],
  'return before it': ['X-Note: a\rContent-Type: multipart/mixed; boundary="real"', 'real'],
  none: ['Content-Type: multipart/mixed', 'real'],
  'no type': ['X-Note: nothing', 'real'],
  capitals: ['CONTENT-TYPE: MULTIPART/MIXED; BOUNDARY="real"', 'real'],
  'blanks around': ['Content-Type: multipart/mixed; boundary = "real"', 'real'],
  'blank before the colon': ['Content-Type : multipart/mixed; boundary="real"', 'real'],
  apostrophes: ["Content-Type: multipart/mixed; boundary='real'", 'real'],
  'apostrophes kept': ["Content-Type: multipart/mixed; boundary='real'", "'real'"],
  'no end of quotes': ['Content-Type: multipart/mixed; boundary="real', 'real'],
  'behind quotes': ['Content-Type: multipart/mixed; boundary="re"al', 'real'],
  'behind quotes, cut': ['Content-Type: multipart/mixed; boundary="real"decoy', 'real'],
  twice: ['Content-Type: multipart/mixed; boundary=decoy; boundary=real', 'real'],
  'twice, the first': ['Content-Type: multipart/mixed; boundary=real; boundary=decoy', 'real'],
  'no semicolon': ['Content-Type: multipart/mixed boundary="real"', 'real'],
  'two semicolons': ['Content-Type: multipart/mixed;; boundary="real"', 'real'],
  'encoded word': ['Content-Type: multipart/mixed; boundary="=?us-ascii?Q?real?="', 'real'],
  longer: ['Content-Type: multipart/mixed; boundary="real"', 'realer'],
  'begins with the decoy': ['Content-Type: multipart/mixed; boundary="decoy"', 'decoyed'],
  'tab inside': ['Content-Type: multipart/mixed; boundary="re\tal"', 're\tal'],
  'name that ends so': ['Content-Type: multipart/mixed; x-boundary=decoy; boundary=real', 'real'],
  empty: ['Content-Type: multipart/mixed; boundary=""', ''],
  digest: ['Content-Type: multipart/digest; boundary="real"', 'real'],
  parallel: ['Content-Type: multipart/x-unknown; boundary="real"', 'real'],
  'no subtype': ['Content-Type: multipart; boundary="real"', 'real'],
  'wrong type': ['Content-Type: application/octet-stream; boundary="real"', 'real'],
  'dash at the end': ['Content-Type: multipart/mixed; boundary="real--"', 'real--'],
} as const satisfies Readonly<Record<string, readonly [head: string, boundary: string, decoy?: string]>>;

const LINES = {
  crlf: '\r\n',
  lf: '\n',
  cr: '\r',
  crcrlf: '\r\r\n',
  mixed: null, // one after another
} as const;

const PAYLOADS = {
  zip: (marker: Buffer): Buffer => makeZip([{ name: 'inner.txt', content: marker }]),
  'stored zip': (marker: Buffer): Buffer => makeZip([{ name: 'inner.txt', content: marker, method: 0 }]),
  gzip: (marker: Buffer): Buffer => gzipSync(marker),
  text: (marker: Buffer): Buffer => marker,
} as const;

const base64 = (bytes: Buffer): string => (bytes.toString('base64').match(/.{1,76}/g) ?? []).join('\n');
const inTheMiddle = (text: string, what: string): string => {
  const lines = text.split('\n');
  return [...lines.slice(0, 1), what, ...lines.slice(1)].join('\n');
};
const quoted = (bytes: Buffer): string =>
  (
    [...bytes]
      .map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join('')
      .match(/.{1,72}/g) ?? []
  ).join('=\n');

function uuencoded(bytes: Buffer): string {
  const letter = (value: number): string => (value === 0 ? '`' : String.fromCharCode(32 + value));
  const lines = Array.from({ length: Math.ceil(bytes.length / 45) }, (_, index) => {
    const line = bytes.subarray(index * 45, index * 45 + 45);
    const letters = Array.from({ length: Math.ceil(line.length / 3) }, (_unused, group) => {
      const [a = 0, b = 0, c = 0] = line.subarray(group * 3, group * 3 + 3);
      return [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63].map(letter).join('');
    });
    return letter(line.length) + letters.join('');
  });
  return ['begin 644 invoice.zip', ...lines, '`', 'end'].join('\n');
}

/** The head's line on how the payload is written down, and that. */
const CODINGS = {
  base64: (bytes: Buffer) => ['Content-Transfer-Encoding: base64', base64(bytes)],
  'base64, capitals': (bytes: Buffer) => ['CONTENT-TRANSFER-ENCODING: BASE64', base64(bytes)],
  'base64, quotes': (bytes: Buffer) => ['Content-Transfer-Encoding: "base64"', base64(bytes)],
  'base64, semicolon': (bytes: Buffer) => ['Content-Transfer-Encoding: base64;', base64(bytes)],
  'base64, comment': (bytes: Buffer) => ['Content-Transfer-Encoding: (a) base64 (b)', base64(bytes)],
  'base64, more words': (bytes: Buffer) => ['Content-Transfer-Encoding: base64 yes', base64(bytes)],
  'base64, folded': (bytes: Buffer) => ['Content-Transfer-Encoding:\n base64', base64(bytes)],
  'base64, blank before the colon': (bytes: Buffer) => ['Content-Transfer-Encoding : base64', base64(bytes)],
  'base64, no blank': (bytes: Buffer) => ['Content-Transfer-Encoding:base64', base64(bytes)],
  'base64 after 7bit': (bytes: Buffer) => [
    'Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64',
    base64(bytes),
  ],
  'base64 before 7bit': (bytes: Buffer) => [
    'Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit',
    base64(bytes),
  ],
  'base64 and quoted-printable': (bytes: Buffer) => [
    'Content-Transfer-Encoding: quoted-printable\nContent-Transfer-Encoding: base64',
    base64(bytes),
  ],
  'base64 by another name': (bytes: Buffer) => ['Content-Transfer-Encoding: x-base64', base64(bytes)],
  'base64, encoded word': (bytes: Buffer) => ['Content-Transfer-Encoding: =?us-ascii?Q?base64?=', base64(bytes)],
  'base64 that nothing announces': (bytes: Buffer) => ['X-Note: nothing', base64(bytes)],
  'base64, a return before it': (bytes: Buffer) => ['X-Note: a\rContent-Transfer-Encoding: base64', base64(bytes)],
  'base64 in one line': (bytes: Buffer) => ['Content-Transfer-Encoding: base64', bytes.toString('base64')],
  'base64 in short lines': (bytes: Buffer) => [
    'Content-Transfer-Encoding: base64',
    (bytes.toString('base64').match(/.{1,5}/g) ?? []).join('\n'),
  ],
  'base64 with blanks': (bytes: Buffer) => [
    'Content-Transfer-Encoding: base64',
    base64(bytes).replaceAll(/(.{9})/g, '$1 '),
  ],
  'base64 with other letters': (bytes: Buffer) => [
    'Content-Transfer-Encoding: base64',
    base64(bytes).replaceAll(/(.{11})/g, '$1*'),
  ],
  'base64 with a line of others': (bytes: Buffer) => [
    'Content-Transfer-Encoding: base64',
    inTheMiddle(base64(bytes), '!!! -- !!!'),
  ],
  'base64 with a sentence': (bytes: Buffer) => [
    'Content-Transfer-Encoding: base64',
    inTheMiddle(base64(bytes), 'This is, here, a sentence.'),
  ],
  'base64 with an empty line': (bytes: Buffer) => ['Content-Transfer-Encoding: base64', inTheMiddle(base64(bytes), '')],
  'base64 with another boundary': (bytes: Buffer) => [
    'Content-Transfer-Encoding: base64',
    inTheMiddle(base64(bytes), '--decoy'),
  ],
  'base64 without its end': (bytes: Buffer) => ['Content-Transfer-Encoding: base64', base64(bytes).replaceAll('=', '')],
  'base64 in two': (bytes: Buffer) => [
    'Content-Transfer-Encoding: base64',
    `${base64(bytes.subarray(0, 100))}\n${base64(bytes.subarray(100))}`,
  ],
  'base64 behind text': (bytes: Buffer) => ['Content-Transfer-Encoding: base64', `\n\n${base64(bytes)}`],
  'base64 before text': (bytes: Buffer) => ['Content-Transfer-Encoding: base64', `${base64(bytes)}\nBest regards, A`],
  'base64 with quoted ends': (bytes: Buffer) => [
    'Content-Transfer-Encoding: quoted-printable',
    base64(bytes).replaceAll('=', '=3D'),
  ],
  'quoted-printable': (bytes: Buffer) => ['Content-Transfer-Encoding: quoted-printable', quoted(bytes)],
  'quoted-printable, small letters': (bytes: Buffer) => [
    'Content-Transfer-Encoding: quoted-printable',
    quoted(bytes).replaceAll(/=[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ],
  'quoted-printable, blanks at the ends': (bytes: Buffer) => [
    'Content-Transfer-Encoding: quoted-printable',
    quoted(bytes).replaceAll('=\n', '=  \n'),
  ],
  'quoted-printable, quotes': (bytes: Buffer) => ['Content-Transfer-Encoding: "quoted-printable"', quoted(bytes)],
  'quoted-printable after base64': (bytes: Buffer) => [
    'Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: quoted-printable',
    quoted(bytes),
  ],
  'uuencode in capitals': (bytes: Buffer) => [
    'Content-Transfer-Encoding: 7bit',
    uuencoded(bytes).replace('begin', 'BEGIN').replace('end', 'END'),
  ],
  'uuencode without a mode': (bytes: Buffer) => ['Content-Type: text/plain', uuencoded(bytes).replace(' 644', '')],
  'base64 by a longer name': (bytes: Buffer) => ['X-Content-Transfer-Encoding: base64', base64(bytes)],
  uuencode: (bytes: Buffer) => ['Content-Transfer-Encoding: x-uuencode', uuencoded(bytes)],
  'uuencode in 7bit': (bytes: Buffer) => ['Content-Transfer-Encoding: 7bit', `see below\n${uuencoded(bytes)}\nbye`],
  'uuencode, other name': (bytes: Buffer) => ['Content-Transfer-Encoding: uue', uuencoded(bytes)],
} as const satisfies Readonly<Record<string, (bytes: Buffer) => readonly string[]>>;

/** Between the payload's head and its body. */
const GAPS = {
  empty: '\n',
  blanks: ' \n',
  tab: '\t\n',
  nothing: '',
  two: '\n\n',
  'a word': 'nohead\n\n',
  'blanks, then a header': ' \nX-Late: 1\n\n',
} as const;

const DELIMITERS = {
  plain: (text: string): string => text,
  'blanks behind': (text: string): string => `${text}  `,
  'blank before': (text: string): string => (text === '' ? '' : ` ${text}`),
  'no last': (text: string): string => (text.endsWith('--') ? '' : text),
  'more behind': (text: string): string => `${text}more`,
} as const;

const decoyPart = (boundary: string): string => `--${boundary}\nContent-Type: text/plain\n\nhello\n--${boundary}--\n`;

const NESTINGS = {
  none: (head: string, body: string): readonly [string, string] => [head, body],
  'in alternatives': (head: string, body: string): readonly [string, string] => [
    'Content-Type: multipart/alternative; boundary="outer"',
    `--outer\n${head}\n\n${body}--outer--\n`,
  ],
  'in alternatives without an end': (head: string, body: string): readonly [string, string] => [
    'Content-Type: multipart/alternative; boundary="outer"',
    `--outer\n${head}\n\n${body.replace(/--real--\n/, '')}--outer\nContent-Type: text/plain\n\nbye\n--outer--\n`,
  ],
  'as a message': (head: string, body: string): readonly [string, string] => [
    'Content-Type: multipart/mixed; boundary="outer"',
    `--outer\nContent-Type: message/rfc822\n\nFrom: b@example.test\nSubject: inner\nMIME-Version: 1.0\n${head}\n\n${body}--outer--\n`,
  ],
  'as a message in base64': (head: string, body: string): readonly [string, string] => [
    'Content-Type: multipart/mixed; boundary="outer"',
    `--outer\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n${base64(Buffer.from(`From: b@example.test\nSubject: inner\nMIME-Version: 1.0\n${head}\n\n${body}`, 'latin1'))}\n--outer--\n`,
  ],
} as const;

function endLines(text: string, line: string | null): string {
  const ends = ['\r\n', '\n', '\r\n', '\r'];
  let count = 0;
  return text.replaceAll('\n', () => line ?? ends[count++ % ends.length] ?? '');
}

/** The mail of one choice; `marker` stands in its payload. */
export function makeForm(choice: Choice, marker: Buffer): Buffer {
  const [head, boundary, named]: readonly [string, string, string?] = BOUNDARIES[choice.boundary];
  const decoy = named ?? (head.includes('decoy') ? 'decoy' : null);
  const [codingHead = '', coded = ''] = CODINGS[choice.coding](PAYLOADS[choice.payload](marker));
  const delimit = DELIMITERS[choice.delimiter];
  const body = [
    decoy === null ? 'This is a message in parts.\n' : decoyPart(decoy),
    delimit(`--${boundary}`),
    '\nContent-Type: text/plain\n\nsee attachment\n',
    delimit(`--${boundary}`),
    '\nContent-Type: application/octet-stream; name="invoice.zip"\n',
    `${codingHead}\nContent-Disposition: attachment; filename="invoice.zip"\n`,
    GAPS[choice.gap],
    `${coded}\n`,
    delimit(`--${boundary}--`),
    '\n',
  ].join('');
  const [outerHead, outerBody] = NESTINGS[choice.nesting](head, body);
  const start = `${FIRST[choice.first]}From: A <a@example.test>\nTo: B <b@example.test>\nSubject: invoice\nMIME-Version: 1.0\n`;
  return Buffer.from(endLines(`${start}${outerHead}\n\n${outerBody}`, LINES[choice.line]), 'latin1');
}

const DIMENSIONS = {
  first: FIRST,
  boundary: BOUNDARIES,
  line: LINES,
  coding: CODINGS,
  gap: GAPS,
  delimiter: DELIMITERS,
  nesting: NESTINGS,
  payload: PAYLOADS,
} as const;

function vary(choice: Choice, changed: Partial<Record<keyof Choice, string>>): Choice {
  return Object.assign({}, choice, changed);
}

/** Every choice that differs from the plain one in a dimension, those by each line end and nesting, and as many as are asked for by chance. */
export function chooseForms(count: number, random: () => number): readonly Choice[] {
  const dimensions = Object.entries(DIMENSIONS);
  const single = dimensions.flatMap(([dimension, values]) =>
    Object.keys(values).map((value) => vary(PLAIN, { [dimension]: value })),
  );
  const lines = Object.keys(LINES) as Choice['line'][];
  const nestings = Object.keys(NESTINGS) as Choice['nesting'][];
  const crossed = single.flatMap((choice) => [
    ...lines.map((line) => vary(choice, { line })),
    ...nestings.map((nesting) => vary(choice, { nesting })),
  ]);
  const choices = [...single, ...crossed];
  const pick = (values: object): string => {
    const names = Object.keys(values);
    return names[Math.floor(random() * names.length)] ?? '';
  };
  while (choices.length < count) {
    const changed = Object.fromEntries(
      dimensions.filter(() => random() < 0.4).map(([dimension, values]) => [dimension, pick(values)]),
    );
    choices.push(vary(PLAIN, changed));
  }
  return choices;
}

/** What differs from the plain choice. */
export function nameOf(choice: Choice): string {
  const changed = Object.entries(choice).filter(([dimension, value]) => PLAIN[dimension as keyof Choice] !== value);
  return changed.map(([dimension, value]) => `${dimension}: ${value}`).join(', ') || 'plain';
}
