// SPDX-License-Identifier: Apache-2.0
// A command line for an event (RT-11): whoever reads events must not read passwords by it. Masks what looks like a secret; a value that nothing names as
// one stays, so a program that takes a password as its bare third argument is not helped.

const MASK = '***';
const SECRET_WORD = String.raw`[\w.-]*(?:passw(?:or)?d|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential)[\w.-]*`;
/** `--password=x`, `DB_PASSWORD=x`, `"token": x` */
const NAMED = new RegExp(String.raw`^(["']?-{0,2}${SECRET_WORD}["']?\s*[=:]\s*)(?=\S)[\s\S]+$`, 'i');
/** `--password` whose value is the next argument. */
const OPTION = new RegExp(String.raw`^-{1,2}${SECRET_WORD}$`, 'i');
const USER_OPTIONS: ReadonlySet<string> = new Set(['-u', '--user', '--proxy-user']);
/** Programs whose `-pSECRET` is a password. */
const SHORT_PASSWORD = /(?:^|\/)(?:mysql\w*|mariadb[\w-]*|sshpass)$/;

/** The arguments with every value that is known for a secret as `***`. */
export function maskSecrets(commandLine: readonly string[]): readonly string[] {
  const shortPassword = SHORT_PASSWORD.test(commandLine[0] ?? '');
  return commandLine.map((argument, index) => {
    const before = index === 0 ? '' : (commandLine[index - 1] ?? '');
    if (index > 0 && OPTION.test(before) && !argument.startsWith('-')) return MASK;
    if (USER_OPTIONS.has(before)) return argument.replace(/:[\s\S]*/, `:${MASK}`);
    if (shortPassword && index > 0 && /^-p./s.test(argument)) return `-p${MASK}`;
    return maskArgument(argument);
  });
}

function maskArgument(argument: string): string {
  return argument
    .replace(NAMED, `$1${MASK}`)
    .replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi, `$1:${MASK}@`)
    .replaceAll(/\b(Bearer|Basic)\s+\S+/gi, `$1 ${MASK}`);
}
