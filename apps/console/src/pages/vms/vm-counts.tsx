// SPDX-License-Identifier: Apache-2.0
// Counts by state: each number is a filter that shows exactly its rows.
import type { VmPage } from '@lazaret/contract';
import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Search } from '../../app/search.ts';
import { formatCount } from '../../i18n/format.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { StateMark } from '../../parts/state-mark.tsx';
import { statesOf, TONE_ORDER, toneOf } from '../../state/words.ts';

const ROWS = [
  { subject: 'link', parameter: 'state' },
  { subject: 'protection', parameter: 'protection' },
  { subject: 'settings', parameter: 'settings' },
] as const;

interface CountsProps {
  readonly counts: VmPage['counts'];
  readonly chosen: Search;
  readonly onChange: (change: Readonly<Record<string, string | undefined>>) => void;
}

export function StateCounts({ counts, chosen, onChange }: CountsProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Stack gap="xs">
      {ROWS.map(({ subject, parameter }) => {
        const of = counts[subject] as Readonly<Record<string, number>>;
        // Worst first; a state without VMs is no news.
        const states = statesOf(subject)
          .filter((state) => (of[state] ?? 0) > 0 || chosen[parameter] === state)
          .toSorted(
            (left, right) => TONE_ORDER.indexOf(toneOf(subject, left)) - TONE_ORDER.indexOf(toneOf(subject, right)),
          );
        return (
          <div key={subject} className="counts" role="group" aria-label={t(`vms.${subject}`)}>
            <span className="counts-title">{t(`vms.${subject}`)}</span>
            {states.map((state) => (
              <button
                key={state}
                type="button"
                className="count-button"
                aria-pressed={chosen[parameter] === state}
                onClick={() => onChange({ [parameter]: chosen[parameter] === state ? undefined : state })}
              >
                <StateMark subject={subject} state={state} />
                {formatCount(of[state] ?? 0, language)}
              </button>
            ))}
          </div>
        );
      })}
    </Stack>
  );
}
