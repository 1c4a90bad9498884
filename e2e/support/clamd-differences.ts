// SPDX-License-Identifier: Apache-2.0
// For tests: where the clamd socket answers otherwise than Debian's clamd, and why. Closed: what is not here must be equal, and each must be met by a form.
import { MARKER_NAMES, type Form } from './clamd-forms.ts';

/** The parts of an answer, sorted, each with its end; the last says whether the connection is closed. */
export type Said = readonly string[];

export interface Difference {
  readonly name: string;
  readonly why: string;
  readonly forms: RegExp;
  /** It holds also where clamd does not know the command; else that is expected of us, too. */
  readonly alsoUnknown?: true;
  /** clamd answers so at some times only, as bytes and threads happen to arrive: a run may not meet it. */
  readonly byChance?: true;
  /** What is expected of us, from what Debian's clamd said. */
  expected(theirs: Said, asked: Asked): Said;
}

/** Of a command with a path. */
interface Asked {
  readonly path: string;
  readonly end: string;
}

const isOk = (part: string): boolean => /: OK[\0\n]$/.test(part);
const lines = (asked: Asked, ...texts: string[]): Said => [...texts.map((text) => text + asked.end), 'closed'];
const [ONE, TWO] = MARKER_NAMES;

export const DIFFERENCES: readonly Difference[] = [
  {
    name: 'no OK beside an error',
    why: 'clamd ends the answer for a FIFO, a device or a directory that it could not read with OK; a client that looks for that word takes it for clean',
    forms: /SCAN (?:another )?(?:fifo|character device|locked directory|directory with a locked)|session: a fifo/,
    expected: (theirs) => theirs.filter((part) => !isOk(part)),
  },
  {
    name: 'what may not be opened is not named',
    why: 'files are found with rights that the caller does not have, so a name may be new to him',
    forms: /SCAN (?:locked directory|directory with a locked)/,
    expected: (_, asked) => lines(asked, `${asked.path}: Access denied. ERROR`),
  },
  {
    name: 'links are followed',
    why: 'with the rights of the caller this is safe; clamd says OK without having looked',
    forms: /SCAN (?:link|dangling|directory of no)/,
    expected: (theirs, asked) => {
      if (asked.path.endsWith('/dir-link')) return lines(asked, `${asked.path}/a: ${ONE} FOUND`);
      if (asked.path.endsWith('/link')) return lines(asked, `${asked.path}: ${ONE} FOUND`);
      if (!asked.path.endsWith('/dangling')) return theirs;
      return lines(asked, `${asked.path}: File path check failure: No such file or directory. ERROR`);
    },
  },
  {
    name: 'each command is answered',
    why: "clamd's MULTISCAN says nothing of a directory in which it found no file",
    forms: /MULTISCAN (?:empty directory|directory of no files)/,
    expected: (_, asked) => lines(asked, `${asked.path}: OK`),
  },
  {
    name: 'all matches of all files',
    why: "clamd's ALLMATCHSCAN leaves a directory at its first infected file",
    forms: /ALLMATCHSCAN directory of several/,
    expected: (_, asked) =>
      lines(
        asked,
        `${asked.path}/a: ${ONE} FOUND`,
        `${asked.path}/b: ${ONE} FOUND`,
        `${asked.path}/b: ${TWO} FOUND`,
        `${asked.path}/below/c: ${ONE} FOUND`,
      ),
  },
  {
    name: 'what follows an answered command is not spoken of',
    why: 'clamd may put an error before the verdict, as the bytes happen to arrive',
    forms: /(?:SCAN|STATS") with (?:two )?CR(?:$|,)|SCAN and|session: (?:the old form|NUL), step by step/,
    byChance: true,
    expected: (theirs) => theirs.filter((part) => !/^(?:1: )?Error processing command\. ERROR.$/s.test(part)),
  },
  {
    name: 'a descriptor belongs to the FILDES behind or before it',
    why: 'clamd takes or refuses it as the bytes happen to arrive',
    forms: /FILDES with the descriptor before its byte/,
    byChance: true,
    expected: () => [`fd[N]: ${ONE} FOUND\0`, 'closed'],
  },
  {
    name: 'FILDES in the old form needs no line end',
    why: 'clamd reads the byte with the descriptor as a part of the word',
    forms: /^FILDES without an end$/,
    alsoUnknown: true,
    expected: () => [`fd[N]: ${ONE} FOUND\n`, 'closed'],
  },
  {
    name: 'a line ends by CR LF, too',
    why: 'clamd takes the LF for the byte that carries the descriptor',
    forms: /"n?FILDES" with CR/,
    expected: () => ['closed'],
  },
  {
    name: 'the old form within a session is refused at once',
    why: 'clamd waits for an end that may never come',
    forms: /^session: the old form, open$/,
    expected: () => ['1: Only nCMDS\\n and zCMDS\\0 are accepted inside IDSESSION. ERROR\0', 'closed'],
  },
  {
    name: 'of several infected files SCAN names the first by its name',
    why: 'clamd takes the files of a directory by the numbers of their inodes',
    forms: /(?<![A-Z])SCAN directory of several/,
    byChance: true,
    expected: (theirs) => theirs.map((part) => part.replace(/\/several\/(?:b|below\/c): \S+/, `/several/a: ${ONE}`)),
  },
  {
    name: 'a session that says no more is answered all it asked',
    why: 'clamd leaves the scan, and may say OK of what it did not read',
    forms: /^session: SCAN, no more$/,
    byChance: true,
    expected: (_, asked) => lines(asked, `1: ${asked.path}: ${ONE} FOUND`),
  },
  {
    name: 'a command that is too long is told so',
    why: 'clamd closes without a word, or takes what it happens to have read',
    forms: /command too long/,
    alsoUnknown: true,
    expected: (_, asked) => lines(asked, 'Command too long. ERROR'),
  },
  {
    name: 'descriptors of files in local file systems alone are taken',
    why: 'to close another one can last for ever (native/door); the answer says what to do',
    forms: /FILDES (?:dir|\/dev\/zero|\/proc\/self\/status)$/,
    expected: (_, asked) =>
      lines(asked, 'fd[N]: Not a regular file on a local file system. Send its content with INSTREAM. ERROR'),
  },
  {
    name: 'a descriptor that cannot be read is an error',
    why: 'clamd says OK without having read anything',
    forms: /FILDES open for/,
    expected: (_, asked) => lines(asked, 'fd[N]: Access denied. ERROR'),
  },
  {
    name: 'no user ends the service',
    why: 'SHUTDOWN and QUIT are no commands here, so they are not listed',
    forms: /"[nz]VERSIONCOMMANDS" (?:whole|with CR)|session: "VERSIONCOMMANDS"/,
    expected: (theirs) => theirs.map((part) => part.replace(' QUIT', '').replace(' SHUTDOWN', '')),
  },
];

export function expectedOf(form: Form, theirs: Said): { expected: Said; differences: readonly string[] } {
  const asked = askedOf(form);
  const isUnknown = theirs[0]?.startsWith('UNKNOWN COMMAND') === true;
  let expected = theirs;
  const differences: string[] = [];
  for (const one of DIFFERENCES) {
    if (!one.forms.test(form.name) || (isUnknown && one.alsoUnknown !== true)) continue;
    const now = one.expected(expected, asked);
    if (JSON.stringify(now) !== JSON.stringify(expected)) differences.push(one.name);
    expected = now;
  }
  return { expected, differences };
}

/** Differences that are none any more: clamd answered no form so, or, where that is chance, no form asks for it. */
export function unmet(used: ReadonlySet<string>, forms: readonly Form[]): readonly string[] {
  const isAsked = (one: Difference): boolean => forms.some(({ name }) => one.forms.test(name));
  return DIFFERENCES.filter((one) => !(one.byChance === true ? isAsked(one) : used.has(one.name))).map(
    ({ name }) => name,
  );
}

function askedOf({ steps }: Form): Asked {
  const text = steps.map(({ send }) => send.toString('latin1')).join('');
  const command = text.replace(/^zIDSESSION\0/, '');
  const end = command.startsWith('z') ? '\0' : '\n';
  return { path: /SCAN (.*?)[\n\0]?$/s.exec(command)?.[1] ?? '', end };
}
