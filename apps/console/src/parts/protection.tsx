// SPDX-License-Identifier: Apache-2.0
// Protection in a word, and why: one function for list, detail, export and alarm (console.md 1.3).
import { findErrorCode, REALTIME_WHYS, type RealtimeWhy, type Vm } from '@lazaret/contract';
import { useTranslation } from 'react-i18next';
import { useErrorText } from '../i18n/error-text.ts';
import { toneOf } from '../state/words.ts';
import { ToneMark, useStateWord } from './state-mark.tsx';

type Protection = Vm['protection'];

export interface ProtectionText {
  /** Notify only is one way of being degraded: it is called by its name. */
  word(protection: Protection): string;
  reason(protection: Protection): string;
  /** A code of the catalogue, or `realtime.` and real-time's own word. */
  why(code: string): string;
}

export function useProtectionText(): ProtectionText {
  const { t } = useTranslation();
  const word = useStateWord();
  const errorText = useErrorText();
  const why = (code: string): string => {
    const realtime = realtimeWhyOf(code);
    if (realtime !== null) return t(`realtime.why.${realtime}`);
    const entry = findErrorCode(code);
    return errorText({ code, message: entry === null ? code : `${entry.summary} ${entry.whatToDo}` });
  };
  return {
    word: ({ state, why: code }) =>
      state === 'degraded' && code === 'realtime.notify-only' ? t('realtime.notifyOnly') : word('protection', state),
    reason: ({ state, why: code }) => (code === null ? t(`vm.protectionMeans.${state}`) : why(code)),
    why,
  };
}

export function ProtectionMark({ protection }: { readonly protection: Protection }) {
  const text = useProtectionText();
  return (
    <span title={text.reason(protection)}>
      <ToneMark tone={toneOf('protection', protection.state)}>{text.word(protection)}</ToneMark>
    </span>
  );
}

function realtimeWhyOf(code: string): RealtimeWhy | null {
  return REALTIME_WHYS.find((why) => `realtime.${why}` === code) ?? null;
}
