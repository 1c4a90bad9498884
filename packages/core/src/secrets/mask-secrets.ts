// SPDX-License-Identifier: Apache-2.0
// A command line for an event (RT-11): whoever reads events must not read passwords by it. Masks what an option, a name, a form or the program's own
// habit (secret-habits) says is a secret, also in a command inside an argument (`sh -c "…"`). A secret that stands bare, as in `echo hunter2`, is not known for one.
import { habitsOf, type SecretHabit } from './secret-habits.ts';

const MASK = '***';
/** Bounded on both sides, so that a hostile command line costs time in proportion to its length. The short ones stand whole between marks: `DB_PASS`, not `compass`; `PWD` alone is a folder. */
const SECRET_WORD = String.raw`(?:[\w.-]{0,48}(?:passw(?:or)?d|passphrase|passcode|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential|mysql_pwd)[\w.-]{0,48}|(?:[\w.-]{0,48}[_.-])?(?:pass|pw)|[\w.-]{0,48}[_-]pwd)`;
/** `--password=x`, `DB_PASSWORD=x`, `"token": x`: all that follows, a secret may have spaces. One digit counts passes (`x264 --pass 2`). */
const NAMED = new RegExp(String.raw`^(["']?-{0,2}${SECRET_WORD}["']?\s*[=:]\s*)(?=\S)(?!\d$)[\s\S]+$`, 'i');
/** The same within a longer text: `?token=x&…`, `{"password": "x"}`. */
const NAMED_INSIDE = new RegExp(String.raw`(\b${SECRET_WORD}["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s"'&;,}]+)`, 'gi');
/** `--password` whose value is the next argument. */
const OPTION = new RegExp(String.raw`^-{1,2}${SECRET_WORD}$`, 'i');
/** `user:password` follows, or is joined to the short one. */
const USER_OPTIONS: ReadonlySet<string> = new Set(['-u', '--user', '--proxy-user', '-U']);
const USER_JOINED = /^((?:-[uU]|--user=|--proxy-user=)[^\s:%]+[:%])(?!\d+$)[\s\S]+/;
/** Numbers of user and group are no secret: `docker run -u 1000:1000`. */
const NUMBERS = /^\d+:\d+$/;
/** Of one command: positions and options that matter stand at its head. */
const WORDS_MAX = 64;
/** What tells a secret wherever it stands. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [NAMED, `$1${MASK}`],
  [NAMED_INSIDE, `$1${MASK}`],
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]*):[^\s/]+@/gi, `$1:${MASK}@`],
  // On the web a name alone is a token mostly (`https://TOKEN@host`), and so is one whose password says nothing.
  [/\b(https?:\/\/)[^\s/:@]+(?=@)/gi, `$1${MASK}`],
  [/\b(https?:\/\/)[^\s/:@]{16,}(?=:[^\s/@]*@)/gi, `$1${MASK}`],
  [/\b(Bearer|Basic)\s+\S+/gi, `$1 ${MASK}`],
  [/\b(Authorization:\s*)(?!(?:Bearer|Basic)\b)(\w+\s+)?[^\s"']+/gi, `$1$2${MASK}`],
  [/\b((?:Set-)?Cookie:\s*)[^"'\n]+/gi, `$1${MASK}`],
  [/\b((?:identified\s+by|password)\s+)(?:'[^']*'|"[^"]*")/gi, `$1${MASK}`],
  [/[^\s:"']{1,64}:[^\s"']{1,256}(?=["']?\s{0,9}\|\s{0,9}(?:sudo\s{1,9})?chpasswd)/g, MASK],
  // Tokens that their makers marked.
  [/\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|hvs\.|npm_|sk_live_|sk-ant-)[\w-]{16,}/g, MASK],
];
/** The words of a shell, with their quotes. */
const SHELL_WORD = /(?:"(?:[^"\\]|\\[\s\S])*"|'[^']*'|\\[\s\S]|[^\s"'\\;|&()<>`])+/g;
const DEPTH_MAX = 4;

/** The command that the words belong to, as far as it was read. */
interface Command {
  readonly habits: readonly SecretHabit[];
  /** Its words behind its name. */
  readonly words: string[];
}

/** The arguments with every value that is known for a secret as `***`; as many as before. */
export function maskSecrets(commandLine: readonly string[]): readonly string[] {
  return maskWords(commandLine, DEPTH_MAX, []);
}

/** `habits`: of the program that has these words in an argument of its own (`lftp -e "open …"`). */
function maskWords(words: readonly string[], depth: number, habits: readonly SecretHabit[]): readonly string[] {
  let command: Command = { habits, words: [] };
  return words.map((word, index) => {
    const masked = maskWord(word, words[index - 1] ?? '', command, depth);
    const named = masked === word ? habitsOf(word) : [];
    // A wrapper (`sudo`, `env`) has none: what it starts is named behind it.
    if (named.length > 0 && !word.startsWith('-')) command = { habits: named, words: [] };
    else if (command.words.length < WORDS_MAX) command.words.push(word);
    return masked;
  });
}

function maskWord(word: string, before: string, command: Command, depth: number): string {
  if (word === '') return word;
  const habits = command.habits.filter((habit) => isInForce(habit, command.words));
  if (OPTION.test(before) && !word.startsWith('--') && !/^\d$/.test(word)) return MASK;
  if (habits.some(({ next }) => next?.some((name) => before === name || before.endsWith(`.${name}`)))) return MASK;
  if (habits.some((habit) => habit.position === positionOf(word, before, habit, command.words))) return MASK;
  if (habits.some(({ user }) => user?.includes(before))) return maskUser(word, /[:%,]/);
  if (USER_OPTIONS.has(before)) return maskUser(word, /[:%]/);
  if (habits.some(({ assigned }) => assigned) && !word.startsWith('-')) word = word.replace(/(?<==)[\s\S]+/, MASK);
  const joined = habits.flatMap((habit) => habit.joined ?? []).find((option) => word.startsWith(option));
  if (joined !== undefined && word !== joined) return `${joined}${MASK}`;
  if (habits.some(({ cookie }) => cookie?.includes(before))) word = word.replace(/^([\w.-]+=)[\s\S]+/, `$1${MASK}`);
  return maskText(word.replace(USER_JOINED, `$1${MASK}`), depth, command.habits);
}

function isInForce({ command, given }: SecretHabit, words: readonly string[]): boolean {
  return (
    (command === undefined || words.some((word) => command.includes(word))) &&
    (given === undefined || words.some((word) => given.test(word)))
  );
}

/** Which of the command's arguments that are no options this word is, counted from 1; 0: it is none. */
function positionOf(word: string, before: string, habit: SecretHabit, words: readonly string[]): number {
  const { command, valued = [] } = habit;
  const from = command === undefined ? 0 : words.findIndex((one) => command.includes(one)) + 1;
  if (word.startsWith('-') || valued.includes(before)) return 0;
  return (
    1 +
    words.slice(from).filter((one, index, all) => !one.startsWith('-') && !valued.includes(all[index - 1] ?? '')).length
  );
}

/** A token alone may stand before an empty password: `curl -u TOKEN:`. */
function maskUser(word: string, between: RegExp): string {
  const at = word.search(between);
  if (at === -1 || NUMBERS.test(word)) return word;
  return at === word.length - 1 ? `${MASK}${word[at]}` : `${word.slice(0, at + 1)}${MASK}`;
}

/** A text of its own: forms that tell a secret wherever they stand, then the words of a command inside. */
function maskText(text: string, depth: number, habits: readonly SecretHabit[]): string {
  const masked = FORMS.reduce((now, [form, instead]) => now.replace(form, instead), text);
  return depth > 0 && /\s/.test(masked) ? maskCommands(masked, depth - 1, habits) : masked;
}

/** The words of a shell's commands, each in its place; what stands between them stays. */
function maskCommands(text: string, depth: number, habits: readonly SecretHabit[]): string {
  const { words, rest } = shellWords(text);
  const pieces = commandsOf(words).flatMap((command) => {
    const plains = command.map(({ plain }) => plain);
    const masked = maskWords(plains, depth, habits);
    return command.map(({ before, word, plain }, at) => before + (masked[at] === plain ? word : (masked[at] ?? '')));
  });
  return pieces.join('') + rest;
}

interface ShellWord {
  /** What stands between it and the word before. */
  readonly before: string;
  /** As written, and without its quotes. */
  readonly word: string;
  readonly plain: string;
}

function shellWords(text: string): { readonly words: readonly ShellWord[]; readonly rest: string } {
  let end = 0;
  const words = Array.from(text.matchAll(SHELL_WORD), ({ 0: word, index }) => {
    const before = text.slice(end, index);
    end = index + word.length;
    return { before, word, plain: unquoted(word) };
  });
  return { words, rest: text.slice(end) };
}

function commandsOf(words: readonly ShellWord[]): readonly (readonly ShellWord[])[] {
  const commands: ShellWord[][] = [];
  for (const word of words) {
    const last = commands.at(-1);
    if (last === undefined || /[;|&()`\n]/.test(word.before)) commands.push([word]);
    else last.push(word);
  }
  return commands;
}

/** As a shell takes its quotes away. */
function unquoted(word: string): string {
  return word.replaceAll(
    /"((?:[^"\\]|\\[\s\S])*)"|'([^']*)'|\\([\s\S])/g,
    (_, double?: string, single?: string, one?: string) =>
      double === undefined ? (single ?? one ?? '') : double.replaceAll(/\\(["\\$`])/g, '$1'),
  );
}
