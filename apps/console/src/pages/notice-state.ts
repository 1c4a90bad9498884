// SPDX-License-Identifier: Apache-2.0
import type { Notice, Texts } from '../api/shapes.ts';
import type { Language } from '../i18n/format.ts';

/** A planned notice is shown from its publication to its end; an urgent one until its end is told. */
export function isCurrent(notice: Notice, nowMs: number): boolean {
  if (notice.endedAt !== null) return false;
  return notice.endsAt === null || Date.parse(notice.endsAt) > nowMs;
}

export function noticeText(notice: Notice, language: Language): { readonly title: string; readonly body: string; readonly reason: string | null } {
  return {
    title: pick(notice.title, language),
    body: pick(notice.body, language),
    reason: notice.reason === null ? null : pick(notice.reason, language),
  };
}

/** The other language is better than nothing. */
function pick(texts: Texts, language: Language): string {
  return texts[language] || texts.en || texts.ja;
}
