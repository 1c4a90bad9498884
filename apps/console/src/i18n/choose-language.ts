// SPDX-License-Identifier: Apache-2.0
import type { Language } from './format.ts';

/** What the user chose, else what the browser asks for. */
export function chooseLanguage(stored: string | null, asked: readonly string[]): Language {
  if (stored === 'en' || stored === 'ja') return stored;
  const first = asked.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === 'en' || tag === 'ja');
  return first === 'ja' ? 'ja' : 'en';
}
