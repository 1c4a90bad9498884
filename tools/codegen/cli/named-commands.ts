// SPDX-License-Identifier: Apache-2.0
// Commands that a text tells its reader to run: which they are, and whether the command line takes them. Pure.
import type { createProgram } from '../../../apps/cli/src/program.ts';

type Command = ReturnType<typeof createProgram>;

export interface NamedCommand {
  readonly text: string;
  /** Not between backquotes: ordinary words of the sentence may stand behind it. */
  readonly isProse: boolean;
}

/** The product's own name is in capitals, so `lazaret` and words behind it are a command. */
export function findNamedCommands(text: string): readonly NamedCommand[] {
  const quoted = text.matchAll(/`((?:\.\/)?lazaret(?:-manager)? [^`]+)`/g);
  const prose = text
    .replaceAll(/`[^`]*`/g, '')
    .matchAll(/(?<![\w/.-])(lazaret(?:-manager)?(?: (?:--)?[a-z][a-z-]*\b)+)/g);
  return [
    ...Array.from(quoted, ([, found = '']) => ({ text: found, isProse: false })),
    ...Array.from(prose, ([, found = '']) => ({ text: found, isProse: true })),
  ];
}

/** Null: the command line takes it. What a command needs beside, a text may leave to `--help`. */
export function whyRefused(program: Command, { text, isProse }: NamedCommand): string | null {
  const [command, words] = descend(program, text.split(' ').filter(Boolean).slice(1));
  const room = isProse && command.commands.length === 0 ? Infinity : command.registeredArguments.length;
  let taken = 0;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--help') continue;
    if (!word.startsWith('-')) {
      // `lazaret COMMAND --help`: any of them.
      if (command.commands.length > 0 && /^[A-Z]+$/.test(word) && words[0] === '--help') continue;
      taken += 1;
      if (taken > room) return `"${command.name()}" takes no "${word}"`;
      continue;
    }
    const option = command.options.find(({ long, short }) => long === word || short === word);
    if (option === undefined) return `"${command.name()}" has no ${word}`;
    // Hidden are those that a command takes only to refuse them: a secret as an argument.
    if (option.hidden) return `"${command.name()}" refuses ${word}`;
    if (option.required) words.shift();
  }
  return null;
}

/** The command that the words lead to, and the words behind its name. */
function descend(program: Command, words: string[]): [Command, string[]] {
  const [first, ...rest] = words;
  const next = program.commands.find((one) => one.name() === first);
  return next === undefined ? [program, words] : descend(next, rest);
}
