// SPDX-License-Identifier: Apache-2.0
import type { Notice } from '@lazaret/contract';
import type { Language } from '../../i18n/format.ts';

/** A planned notice is shown from its publication to its end; an urgent one until its end is told. */
export function isCurrent(notice: Notice, nowMs: number): boolean {
  if (notice.endedAt !== null) return false;
  return notice.endsAt === null || Date.parse(notice.endsAt) > nowMs;
}

export function noticeText(
  notice: Notice,
  language: Language,
): { readonly title: string; readonly body: string; readonly reason: string | null } {
  return {
    title: pick(notice.title, language),
    body: pick(notice.text, language),
    reason: notice.reason,
  };
}

/** The other language is better than nothing. */
function pick(texts: Notice['title'], language: Language): string {
  return texts[language] || texts.en || texts.ja;
}
