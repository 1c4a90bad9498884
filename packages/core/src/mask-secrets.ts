// SPDX-License-Identifier: Apache-2.0
// A command line for an event (RT-11): whoever reads events must not read passwords by it. Masks what an option, a name, a form or the program's own
// habit says is a secret, also in a command inside an argument (`sh -c "…"`). A secret that stands bare, as in `echo hunter2`, is not known for one.

const MASK = '***';
/** Bounded on both sides, so that a hostile command line costs time in proportion to its length. */
const SECRET_WORD = String.raw`[\w.-]{0,48}(?:passw(?:or)?d|passphrase|passcode|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential|mysql_pwd)[\w.-]{0,48}`;
/** `--password=x`, `DB_PASSWORD=x`, `"token": x`: all that follows, a secret may have spaces. */
const NAMED = new RegExp(String.raw`^(["']?-{0,2}${SECRET_WORD}["']?\s*[=:]\s*)(?=\S)[\s\S]+$`, 'i');
/** The same within a longer text: `?token=x&…`, `{"password": "x"}`. */
const NAMED_INSIDE = new RegExp(String.raw`(\b${SECRET_WORD}["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s"'&;,}]+)`, 'gi');
/** `--password` whose value is the next argument. */
const OPTION = new RegExp(String.raw`^-{1,2}${SECRET_WORD}$`, 'i');
/** `user:password` follows, or is joined to the short one. */
const USER_OPTIONS: ReadonlySet<string> = new Set(['-u', '--user', '--proxy-user', '-U']);
const USER_JOINED = /^((?:-[uU]|--user=|--proxy-user=)[^\s:%]+[:%])[\s\S]+$/;
/** The words of a shell, with their quotes. */
const SHELL_WORD = /(?:"(?:[^"\\]|\\[\s\S])*"|'[^']*'|\\[\s\S]|[^\s"'\\;|&()<>`])+/g;
const DEPTH_MAX = 4;

interface Habit {
  readonly program: RegExp;
  /** The option's value is joined to it: `-phunter2`. */
  readonly joined?: string;
  /** It is the next argument: `-a hunter2`. */
  readonly next?: string;
}

/** Short options that are a password for these programs, and something else for others. */
const HABITS: readonly Habit[] = [
  { program: /^(?:mysql|mariadb|mycli)/, joined: '-p' },
  { program: /^(?:sshpass|7z[arz]?|rar|unrar)$/, joined: '-p' },
  { program: /^(?:sshpass|mongo|docker|podman|buildah|skopeo|helm|oc|az|rdesktop|ncat|ftp|lftp)/, next: '-p' },
  { program: /^(?:redis-cli|valkey-cli|keydb-cli)$/, next: '-a' },
  { program: /^(?:zip|unzip|zipcloak|mosquitto)/, joined: '-P', next: '-P' },
  { program: /^ldap/, joined: '-w', next: '-w' },
  { program: /^snmp/, joined: '-A', next: '-A' },
  { program: /^snmp/, joined: '-X', next: '-X' },
  { program: /^(?:openssl)$/, next: '-k' },
  { program: /^(?:xfreerdp|wlfreerdp)/, joined: '/p:' },
  { program: /^curl$/, next: '--oauth2-bearer' },
];

/** The arguments with every value that is known for a secret as `***`; as many as before. */
export function maskSecrets(commandLine: readonly string[]): readonly string[] {
  return maskWords(commandLine, DEPTH_MAX);
}

function maskWords(words: readonly string[], depth: number): readonly string[] {
  let habits: readonly Habit[] = [];
  return words.map((word, index) => {
    const named = habitsOf(word);
    const masked = index === 0 ? maskText(word, depth) : maskWord(word, words[index - 1] ?? '', habits, depth);
    // A wrapper (`sudo`, `env`) has none: what it starts is named behind it.
    if (named.length > 0) habits = named;
    return masked;
  });
}

function maskWord(word: string, before: string, habits: readonly Habit[], depth: number): string {
  if (word === '') return word;
  if (OPTION.test(before) && !word.startsWith('--')) return MASK;
  if (habits.some(({ next }) => next === before)) return MASK;
  if (USER_OPTIONS.has(before)) return word.replace(/[:%][\s\S]*/, (rest) => `${rest[0]}${MASK}`);
  const joined = habits.find(
    ({ joined }) => joined !== undefined && word.startsWith(joined) && word !== joined,
  )?.joined;
  if (joined !== undefined) return `${joined}${MASK}`;
  return maskText(word.replace(USER_JOINED, `$1${MASK}`), depth);
}

/** A text of its own: forms that tell a secret wherever they stand, then the words of a command inside. */
function maskText(text: string, depth: number): string {
  const masked = text
    .replace(NAMED, `$1${MASK}`)
    .replaceAll(NAMED_INSIDE, `$1${MASK}`)
    .replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi, `$1:${MASK}@`)
    .replaceAll(/\b(Bearer|Basic)\s+\S+/gi, `$1 ${MASK}`)
    .replaceAll(/^pass:[\s\S]+$/g, `pass:${MASK}`);
  return depth > 0 && /\s/.test(masked) ? maskCommand(masked, depth - 1) : masked;
}

/** The words of a shell's command, each in its place; what stands between them stays. */
function maskCommand(text: string, depth: number): string {
  const found = [...text.matchAll(SHELL_WORD)];
  const masked = maskWords(
    found.map(([word]) => unquoted(word)),
    depth,
  );
  let at = 0;
  let result = '';
  for (const [index, { 0: word, index: start }] of found.entries()) {
    const now = masked[index] ?? '';
    result += text.slice(at, start) + (now === unquoted(word) ? word : now);
    at = start + word.length;
  }
  return result + text.slice(at);
}

function unquoted(word: string): string {
  return /^(["']).*\1$/s.test(word) && word.length > 1 ? word.slice(1, -1) : word;
}

function habitsOf(word: string): readonly Habit[] {
  const name = word.slice(word.lastIndexOf('/') + 1);
  return HABITS.filter(({ program }) => program.test(name));
}
