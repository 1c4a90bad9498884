// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { Language } from './format.ts';

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === 'ja' ? 'ja' : 'en';
}
