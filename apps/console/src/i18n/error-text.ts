// SPDX-License-Identifier: Apache-2.0
// A failure in the viewer's language. English is as it came: it names the particulars. Another language has words for its code.
import type { ErrorCode } from '@lazaret/contract';
import { useTranslation } from 'react-i18next';
import { hostileToText } from '../parts/text/hostile.ts';
import { errors } from './ja/errors.ts';
import { useLanguage } from './use-language.ts';

export interface Failure {
  readonly code: string;
  readonly message: string;
}

export function useErrorText(): (failure: Failure) => string {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  return ({ code, message }) => {
    const came = hostileToText(message);
    if (language === 'en') return came;
    const fault = `faults.${code}`;
    return i18n.exists(fault) ? t(fault as never) : (errors[code as ErrorCode] ?? came);
  };
}
