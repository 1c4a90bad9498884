// SPDX-License-Identifier: Apache-2.0
// Both languages are in the page: a switch needs no request. A third one is a folder beside en and ja, and a line here.
import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { chooseLanguage } from './choose-language.ts';
import { en } from './en/index.ts';
import type { Language } from './format.ts';
import { hostileToText } from '../parts/text/hostile.ts';
import { ja } from './ja/index.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

const STORED = 'lazaret.language';

export function startLanguages(): i18n {
  const language = chooseLanguage(localStorage.getItem(STORED), navigator.languages);
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: { translation: en }, ja: { translation: ja } },
    // React escapes markup. What is left is what React does not know: a name in a sentence that would turn its direction.
    interpolation: { escapeValue: true, escape: hostileToText },
    initAsync: false,
  });
  document.documentElement.lang = language;
  return i18next;
}

export function setLanguage(language: Language): void {
  localStorage.setItem(STORED, language);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}
