// SPDX-License-Identifier: Apache-2.0
// State = colour + icon + word. The tone comes from state/words.ts, the word from the catalogue under the same names.
import { useTranslation } from 'react-i18next';
import { type StateOf, type Subject, type Tone, toneOf, weightOf } from '../state/words.ts';
import { ToneIcon } from './icons.tsx';

export function StateMark<S extends Subject>({ subject, state }: { readonly subject: S; readonly state: StateOf[S] }) {
  const word = useStateWord();
  return <ToneMark tone={toneOf(subject, state)}>{word(subject, state)}</ToneMark>;
}

export function ToneMark({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span className="state" data-tone={tone} data-weight={weightOf(tone)}>
      <ToneIcon tone={tone} />
      <span>{children}</span>
    </span>
  );
}

/** The word of a state, for marks, filters and exports alike. */
export function useStateWord(): <S extends Subject>(subject: S, state: StateOf[S]) => string {
  const { t } = useTranslation();
  return (subject, state) => t(`state.${subject}.${state}` as never);
}
