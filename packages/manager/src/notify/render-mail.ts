// SPDX-License-Identifier: Apache-2.0
// Renders a message as a mail in one language. Pure. File names are hostile: none can create a line of the mail or a header.
import type { Language, MailText, Message, MessageFrame } from './message.ts';
import { english } from './texts/english.ts';
import { japanese } from './texts/japanese.ts';
import type { Texts } from './texts/texts.ts';

const TEXTS: Readonly<Record<Language, Texts>> = { en: english, ja: japanese };

const SUBJECT_LENGTH_MAX = 160;

export function renderMail(message: Message, frame: MessageFrame): MailText {
  const texts = TEXTS[frame.language];
  const { subject, lines, link } = partsOf(message, frame);
  const more =
    frame.consoleUrl === null || link === null ? [] : ['', `${texts.words.more}: ${frame.consoleUrl}${link}`];
  return {
    subject: clip(withoutEncodedWords(`[Lazaret] ${showHostile(subject)}`)),
    body: [...lines, ...more, '', '-- ', texts.words.footer(showHostile(frame.tenant)), ''].join('\n'),
  };
}

interface Parts {
  readonly subject: string;
  readonly lines: readonly string[];
  /** Path below the console's address. */
  readonly link: string | null;
}

function partsOf(message: Message, { language, tenantId }: MessageFrame): Parts {
  const texts = TEXTS[language];
  const { words, actions } = texts;
  const base = `/t/${tenantId}`;
  switch (message.kind) {
    case 'detection':
    case 'summary': {
      const { subject, what } = texts.detection(message);
      const when: readonly (readonly [string, string])[] =
        message.kind === 'detection'
          ? [[words.time, message.time]]
          : [[words.period, `${message.from} – ${message.to}`]];
      const told =
        message.kind === 'summary' ? [showHostile(texts.repeats(message.repeats, message.from, message.to))] : [];
      const fields = rows([
        [words.vm, message.vm],
        [words.file, message.path],
        [words.threat, `${message.threat} (${message.threatKind})`],
        ...(message.action === null ? [] : [[words.action, actions[message.action]] as const]),
        ...when,
      ]);
      const link = message.kind === 'detection' ? `${base}/detections/${message.detectionId}` : `${base}/detections`;
      return { subject, lines: [what, ...told, '', ...fields], link };
    }
    case 'alarm': {
      const { subject, what } = texts.alarm(message);
      const facts = Object.entries(message.facts).map(([name, value]) => [name, String(value)] as const);
      const lines = [showHostile(what), '', ...rows([[words.since, message.since], ...facts])];
      return { subject, lines, link: `${base}/overview` };
    }
    case 'notice': {
      const period = message.from === null ? [] : rows([[words.period, `${message.from} – ${message.to ?? ''}`]]);
      // The provider's own words: its lines are its lines.
      return {
        subject: texts.notice(message),
        lines: [...linesOf(message.text), '', ...period],
        link: `${base}/notices`,
      };
    }
    case 'test': {
      const { subject, what } = texts.test(message.by);
      return { subject, lines: [showHostile(what)], link: null };
    }
  }
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|[\r\n]/).map(showHostile);
}

function rows(fields: readonly (readonly [name: string, value: string])[]): readonly string[] {
  return fields.map(([name, value]) => showHostile(`${name}: ${value}`));
}

/** Control characters, those that turn the direction of writing and those that nobody sees are shown as their code: `\u{202E}`. */
export function showHostile(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`,
  );
}

/** `=?UTF-8?Q?…?=` in a name would be shown by mail programs as whatever it stands for, line breaks included. */
function withoutEncodedWords(subject: string): string {
  return subject.replaceAll('=?', '=\\u{3F}');
}

function clip(subject: string): string {
  const characters = Array.from(subject);
  return characters.length <= SUBJECT_LENGTH_MAX ? subject : `${characters.slice(0, SUBJECT_LENGTH_MAX - 1).join('')}…`;
}
