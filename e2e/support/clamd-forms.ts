// SPDX-License-Identifier: Apache-2.0
// For tests: the forms in which one can speak to clamd, good and bad, as questions to any server of it.
import { constants } from 'node:fs';
import type { Question, Step } from './debian-clamd.ts';

export interface Form extends Question {
  /** Says which form it is, and is what the table of differences speaks of. */
  readonly name: string;
}

const PREFIXES = ['', 'n', 'z'] as const;
const PATH_VERBS = ['SCAN', 'CONTSCAN', 'MULTISCAN', 'ALLMATCHSCAN'] as const;
const PLAIN_VERBS: readonly string[] = [
  'PING VERSION VERSIONCOMMANDS STATS RELOAD DETSTATS DETSTATSCLEAR END IDSESSION FILDES INSTREAM'.split(' '),
  ['STREAM', 'SESSION', 'NONSENSE', '', 'ping', 'Version', ' PING', 'PINGPING'],
  PATH_VERBS,
].flat();

/** Below the directory of the tree that `growTree` makes. */
const PATHS = {
  clean: 'clean',
  infected: 'one',
  'with two markers': 'both',
  empty: 'zero',
  missing: 'missing',
  'missing directory': 'missing/below',
  'below a file': 'clean/below',
  directory: 'dir',
  'directory with a slash': 'dir/',
  'directory without infected': 'clean-dir',
  'directory without infected, with a slash': 'clean-dir/',
  'directory without infected, with slashes': 'clean-dir///',
  'infected with a slash': 'one/',
  'missing with a slash': 'missing/',
  'directory of several': 'several',
  'empty directory': 'empty-dir',
  'directory of no files': 'no-files',
  fifo: 'fifo',
  'link to a file': 'link',
  'link to a directory': 'dir-link',
  'dangling link': 'dangling',
  'below a link': 'dir-link/a',
  'locked file': 'locked',
  'locked directory': 'locked-dir',
  'below a locked directory': 'locked-dir/x',
  'directory with a locked file': 'part-locked',
  'directory with a locked directory': 'part-closed',
  'below a closed list': 'unlisted/x',
  detour: './dir/../one',
  'double slash': '/one',
  'space in it': 'a b',
  'bytes that are no text': 'by\xfftes',
  'name too long': 'x'.repeat(300),
} as const;

const ENDINGS = { '': '\n', n: '\n', z: '\0' } as const;
type Prefix = (typeof PREFIXES)[number];

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** `form('name', 'text', …)`: texts are sent one by one. */
function form(name: string, ...steps: readonly (string | Step)[]): Form {
  const made = steps.map((step) => (typeof step === 'string' ? { send: bytes(step) } : step));
  return { name, steps: made, says: 'more', waits: 90 };
}

const thenNoMore = (one: Form): Form => ({ ...one, name: `${one.name}, no more`, says: 'no more' });
/** What is answered, or not, must come within this many seconds; it stays open. */
const staysOpen = (one: Form): Form => ({ ...one, name: `${one.name}, open`, waits: 4 });

export function clamdForms(directory: string): readonly Form[] {
  return [
    ...PREFIXES.flatMap(plainForms),
    ...PREFIXES.flatMap((prefix) => pathForms(prefix, directory)),
    ...lineForms(directory),
    ...PREFIXES.flatMap(streamForms),
    ...sessionForms(directory),
    ...descriptorForms(directory),
  ];
}

function plainForms(prefix: Prefix): Form[] {
  const end = ENDINGS[prefix];
  const other = end === '\n' ? '\0' : '\n';
  return PLAIN_VERBS.flatMap((verb) => {
    const said = JSON.stringify(prefix + verb);
    const word = prefix + verb;
    // These wait for more behind them.
    const whole = /^(?:n|z)(?:IDSESSION|INSTREAM)$|^(?:n|z|)FILDES$/.test(word) ? thenNoMore : (one: Form): Form => one;
    return [
      whole(form(`${said} whole`, word + end)),
      thenNoMore(form(`${said} without an end`, word)),
      thenNoMore(form(`${said} with another's end`, word + other)),
      thenNoMore(form(`${said} with CR`, `${word}\r${end}`)),
      thenNoMore(form(`${said} with a space`, `${word} ${end}`)),
      thenNoMore(form(`${said} with a word behind`, `${word} x${end}`)),
    ].filter(({ steps }) => steps.some(({ send }) => send.length > 0));
  });
}

function pathForms(prefix: Prefix, directory: string): Form[] {
  return PATH_VERBS.flatMap((verb) => {
    const ask = (what: string, path: string): Form =>
      form(`${prefix}${verb} ${what}`, `${prefix}${verb} ${path}${ENDINGS[prefix]}`);
    return [
      ...Object.entries(PATHS).map(([what, path]) => ask(what, `${directory}/${path}`)),
      ask('relative file', `${directory.slice(1)}/one`),
      ask('relative directory', `${directory.slice(1)}/dir`),
      ask('relative missing', 'missing'),
      ask('relative with a dot', `./${directory.slice(1)}/one`),
      ask('nothing', ''),
      ask('space', ' '),
      ask('character device', '/dev/zero'),
      ask('another character device', '/dev/null'),
      ask('path too long', `${directory}/${'y/'.repeat(2_020)}`),
      ask('command too long', `${directory}/${'y/'.repeat(5_000)}`),
      thenNoMore(ask('infected', `${directory}/one`)),
      thenNoMore(ask('directory of several', `${directory}/several`)),
    ];
  });
}

/** How commands are cut and put together. */
function lineForms(directory: string): Form[] {
  const one = `${directory}/one`;
  return [
    form('SCAN without an end', `SCAN ${one}`),
    form('PING without an end', 'PING'),
    form('PING cut', 'PI', 'NG\n'),
    form('SCAN cut', `SCAN ${directory}/o`, 'ne\n'),
    form('nPING cut', 'nPI', 'NG\n'),
    form('zSCAN cut', 'zSCAN', ` ${directory}/`, 'one\0'),
    form('INSTREAM cut', 'INSTREAM\n', '\0\0\0\0'),
    form('nSCAN with a tab', `nSCAN\t${one}\n`),
    form('zSCANX', `zSCANX${one}\0`),
    form('zSCANX alone', 'zSCANX\0'),
    form('nSCAN with CR', `nSCAN ${one}\r\n`),
    form('nSCAN with two CR', `nSCAN ${one}\r\r\n`),
    form('SCAN with CR', `SCAN ${one}\r\n`),
    form('zSCAN with a line end', `zSCAN ${one}\n\0`),
    form('zPING with CR LF', 'zPING\r\n\0'),
    form('nSCAN with a space behind', `nSCAN ${one} \n`),
    form('two nPING', 'nPING\nnPING\n'),
    form('zPING and nVERSION', 'zPING\0nVERSION\n'),
    form('two PING', 'PING\nPING\n'),
    form('zSCAN and zPING', `zSCAN ${one}\0zPING\0`),
    form('nCONTSCAN and nPING', `nCONTSCAN ${one}\nnPING\n`),
    form('zSCAN and nonsense', `zSCAN ${one}\0nonsense`),
    form('zNONSENSE and zPING', 'zNONSENSE\0zPING\0'),
    form('NUL', '\0'),
    form('three NUL', '\0\0\0'),
    form('line end', '\n'),
    form('every byte', String.fromCodePoint(...Array(256).keys())),
    form('long nonsense', 'A'.repeat(3_000)),
    form('PING with NUL and more', 'PING\0PONG\n'),
    thenNoMore({ ...form('nothing'), steps: [] }),
    staysOpen({ ...form('nothing'), steps: [] }),
    staysOpen(form('zPING without an end', 'zPING')),
    staysOpen(form("zPING with another's end", 'zPING\n')),
    staysOpen(form('n', 'n')),
    staysOpen(form('zIDSESSION', 'zIDSESSION\0')),
    staysOpen(form('zINSTREAM', 'zINSTREAM\0')),
    staysOpen(form('zFILDES', 'zFILDES\0')),
  ];
}

function chunk(content: Buffer | string, length = content.length): string {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(length);
  return head.toString('latin1') + content.toString('latin1');
}

export const MARKER_ONE = 'DIFFERENTIAL-MARKER-ONE';
export const MARKER_TWO = 'DIFFERENTIAL-MARKER-TWO';
export const MARKER_NAMES = ['Marker-One', 'Marker-Two'] as const;
const INFECTED = `${MARKER_ONE}\n`;
const STREAM_MAX = 100 * 1024 * 1024;
const ZERO = chunk('');

function streamForms(prefix: Prefix): Form[] {
  const word = `${prefix}INSTREAM`;
  const start = word + ENDINGS[prefix];
  return [
    form(`${word} infected`, start + chunk(INFECTED) + ZERO),
    form(`${word} infected, step by step`, start, chunk(INFECTED), ZERO),
    form(`${word} in two chunks`, start + chunk(INFECTED.slice(0, 9)) + chunk(INFECTED.slice(9)) + ZERO),
    form(
      `${word} in chunks of one byte`,
      start +
        INFECTED.split('')
          .map((byte) => chunk(byte))
          .join('') +
        ZERO,
    ),
    form(`${word} cut within a length`, `${start}\0\0`, chunk(INFECTED).slice(2) + ZERO),
    form(`${word} cut within a chunk`, start + chunk(INFECTED).slice(0, 9), chunk(INFECTED).slice(9) + ZERO),
    form(`${word} clean`, start + chunk('hello') + ZERO),
    form(`${word} of nothing`, start + ZERO),
    form(`${word} and a command behind`, `${start}${chunk(INFECTED)}${ZERO}zPING\0`),
    form(`${word} of the largest length`, `${start}\xff\xff\xff\xff`),
    form(`${word} one over the limit`, start + chunk('', STREAM_MAX + 1)),
    form(`${word} over the limit by its second chunk`, start + chunk('hello') + chunk('', STREAM_MAX)),
    thenNoMore(form(`${word} without its last chunk`, start + chunk(INFECTED))),
    thenNoMore(form(`${word} with half a chunk`, start + chunk(INFECTED).slice(0, -3))),
    thenNoMore(form(`${word} with half a length`, `${start}\0\0`)),
    thenNoMore(form(`${word} infected`, start + chunk(INFECTED) + ZERO)),
    thenNoMore(form(`${word} of the whole limit, cut`, start + chunk('hello', STREAM_MAX))),
  ];
}

function sessionForms(directory: string): Form[] {
  const [one, clean] = [`${directory}/one`, `${directory}/clean`];
  const session = (name: string, text: string): Form => form(`session: ${name}`, `zIDSESSION\0${text}zEND\0`);
  const stream = `zINSTREAM\0${chunk(INFECTED)}${ZERO}`;
  const within = [...PLAIN_VERBS, 'SHUTDOWN'].filter((verb) => verb !== 'FILDES' && verb !== 'INSTREAM');
  return [
    ...within.map((verb) => session(JSON.stringify(verb), `z${verb}\0zPING\0`)),
    ...PATH_VERBS.map((verb) => session(`${verb} of a file`, `z${verb} ${one}\0zPING\0`)),
    session('nothing', ''),
    session('two streams', `${stream}zINSTREAM\0${chunk('hello')}${ZERO}zPING\0`),
    session('a stream over the limit', 'zINSTREAM\0\xff\xff\xff\xffzPING\0'),
    session('many', `zSCAN ${one}\0zSCAN ${clean}\0${stream}zPING\0zVERSION\0zSCAN ${directory}/missing\0`),
    session('a directory', `zSCAN ${directory}/dir\0zSCAN ${clean}\0`),
    session('a fifo', `zSCAN ${directory}/fifo\0`),
    session('relative', `zSCAN ${one.slice(1)}\0zSCAN nowhere\0`),
    session('n within z', 'nPING\nnVERSION\n'),
    staysOpen(session('the old form', 'PING\n')),
    session('END with a word', 'zPING\0zEND x\0zPING\0'),
    session('FILDES without a descriptor', 'zFILDES\0xzPING\0'),
    session('INSTREAM with a word', 'zINSTREAM x\0zPING\0'),
    form('session: n', 'nIDSESSION\nnPING\nnEND\n'),
    form('session: behind END', 'zIDSESSION\0zPING\0zEND\0zPING\0'),
    form('session: step by step', 'zIDSESSION\0', 'zPING\0', 'zVERSION\0', 'zEND\0'),
    form('session: cut', 'zIDSES', 'SION\0zPI', 'NG\0zEN', 'D\0'),
    form('session: the old form, step by step', 'zIDSESSION\0', 'PING\n'),
    form('session: NUL, step by step', 'zIDSESSION\0', '\0'),
    form('session: with a word', 'zIDSESSION x\0zPING\0zEND\0'),
    thenNoMore(form('session: PING', 'zIDSESSION\0zPING\0')),
    thenNoMore(form('session: SCAN', `zIDSESSION\0zSCAN ${one}\0`)),
    thenNoMore(form('session: half a command', 'zIDSESSION\0zPING\0zVERS')),
    thenNoMore(form('session: half a stream', `zIDSESSION\0zPING\0zINSTREAM\0${chunk(INFECTED)}`)),
    staysOpen(form('session: PING', 'zIDSESSION\0zPING\0')),
    staysOpen(form('session: SCAN', `zIDSESSION\0zSCAN ${one}\0`)),
  ];
}

function descriptorForms(directory: string): Form[] {
  const passing = (send: string, path = 'one', flags: number = constants.O_RDONLY): Step => ({
    send: bytes(send),
    pass: [[path.startsWith('/') ? path : `${directory}/${path}`, flags]],
  });
  const files = ['one', 'both', 'clean', 'zero', 'dir', '/dev/zero', '/proc/self/status'];
  return [
    ...PREFIXES.flatMap((prefix) => {
      const start = `${prefix}FILDES${ENDINGS[prefix]}`;
      return [
        ...files.map((file) => form(`${prefix}FILDES ${file}`, start, passing('x', file))),
        form(`${prefix}FILDES at once`, passing(`${start}x`)),
        form(`${prefix}FILDES without a descriptor`, `${start}x`),
        thenNoMore(form(`${prefix}FILDES infected`, start, passing('x'))),
        thenNoMore(form(`${prefix}FILDES with nothing behind`, start)),
      ];
    }),
    form('FILDES without an end', 'FILDES', passing('x')),
    form('FILDES NUL as its byte', 'zFILDES\0', passing('\0')),
    form('FILDES of two', 'zFILDES\0', {
      send: bytes('x'),
      pass: [
        [`${directory}/one`, constants.O_RDONLY],
        [`${directory}/clean`, constants.O_RDONLY],
      ],
    }),
    form('FILDES with the descriptor before its byte', passing('zFILDES\0'), 'x'),
    form('FILDES with a word', 'zFILDES x\0', passing('x')),
    form('FILDES open for writing', 'zFILDES\0', passing('x', 'writable', constants.O_WRONLY)),
    form('FILDES open for naming', 'zFILDES\0', passing('x', 'one', 0o10000000)),
    form('PING with a descriptor', passing('zPING\0')),
    form('session: two FILDES', 'zIDSESSION\0zFILDES\0', passing('x'), 'zFILDES\0', passing('x', 'clean'), 'zEND\0'),
    form('session: FILDES and more', 'zIDSESSION\0zFILDES\0', passing('xzPING\0'), 'zEND\0'),
  ];
}

/** Not asked of Debian's clamd: it would end. */
export const ENDING_FORMS: readonly Form[] = PREFIXES.flatMap((prefix) =>
  ['SHUTDOWN', 'QUIT'].map((verb) => form(`${prefix}${verb}`, `${prefix}${verb}${ENDINGS[prefix]}`)),
);
