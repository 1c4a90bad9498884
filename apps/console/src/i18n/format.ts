// SPDX-License-Identifier: Apache-2.0
// Numbers, sizes, times for people (console.md 6): 12,345 without 万, MB = 1,048,576 bytes, relative below 24 h.

export type Language = 'en' | 'ja';

const LOCALE: Readonly<Record<Language, string>> = { en: 'en-GB', ja: 'ja-JP' };

export function formatCount(value: number, language: Language): string {
  return new Intl.NumberFormat(LOCALE[language]).format(value);
}

/** Bytes in the largest unit that leaves a whole part: 1 MB = 1,048,576 bytes. */
export function formatBytes(bytes: number, language: Language): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const digits = power === 0 ? 0 : 1;
  const number = new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: digits });
  return `${number.format(bytes / 1024 ** power)} ${units[power] ?? 'B'}`;
}

const DURATION_WORDS: Readonly<Record<Language, readonly (readonly [number, string])[]>> = {
  en: [
    [86_400, ' d'],
    [3_600, ' h'],
    [60, ' min'],
    [1, ' s'],
  ],
  ja: [
    [86_400, '日'],
    [3_600, '時間'],
    [60, '分'],
    [1, '秒'],
  ],
};

/** The two largest parts: `1 h 4 min`, `1時間4分`. */
export function formatDuration(milliseconds: number, language: Language): string {
  const words = DURATION_WORDS[language];
  const glue = language === 'ja' ? '' : ' ';
  let rest = Math.max(0, Math.floor(milliseconds / 1000));
  const parts: string[] = [];
  for (const [seconds, word] of words) {
    const amount = Math.floor(rest / seconds);
    rest -= amount * seconds;
    if (amount > 0 || (seconds === 1 && parts.length === 0)) parts.push(`${amount}${word}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(glue);
}

/** A moment in a zone: `24 Nov 2026, 14:05`, `2026年11月24日 14:05`. */
export function formatTime(iso: string, language: Language, zone?: string, seconds = false): string {
  const options: Intl.DateTimeFormatOptions = {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    hourCycle: 'h23',
    ...(seconds ? { second: '2-digit' } : {}),
    timeZone: zone,
  };
  return new Intl.DateTimeFormat(LOCALE[language], options).format(new Date(iso));
}

const CLOCK_SLACK_SECONDS = 60;

/** Relative within 24 hours of now, else null: the caller shows the date. */
export function formatRelative(iso: string, nowMs: number, language: Language): string | null {
  const away = Math.round((Date.parse(iso) - nowMs) / 1000);
  // The page's clock ticks, and two machines' clocks differ: what just happened is not in the future.
  const seconds = away > 0 && away <= CLOCK_SLACK_SECONDS ? 0 : away;
  const size = Math.abs(seconds);
  if (size >= 86_400) return null;
  const format = new Intl.RelativeTimeFormat(LOCALE[language], {
    numeric: 'auto',
    style: language === 'ja' ? 'narrow' : 'short',
  });
  if (size < 60) return format.format(seconds, 'second');
  if (size < 3_600) return format.format(Math.trunc(seconds / 60), 'minute');
  return format.format(Math.trunc(seconds / 3_600), 'hour');
}

/** Rounds down: 99.996 % is never 100 % (LM). Null where there was nothing to look at. */
export function formatPercent(hundredths: number | null, language: Language): string {
  if (hundredths === null) return '–';
  const digits = hundredths === 10_000 ? 0 : 2;
  const number = new Intl.NumberFormat(LOCALE[language], {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${number.format(hundredths / 100)} %`;
}
