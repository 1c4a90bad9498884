// SPDX-License-Identifier: Apache-2.0
// An alarm in one sentence: of whom, and its figures.
import type { Alarm } from '@lazaret/contract';
import { useTranslation } from 'react-i18next';
import { formatBytes, formatDuration } from '../../i18n/format.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { hostileToText } from './hostile.ts';
import { Name } from './name.tsx';
import { useProtectionText } from '../protection.tsx';

export function AlarmText({ alarm }: { readonly alarm: Alarm }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const protection = useProtectionText();
  const facts = Object.entries(alarm.facts).map(([name, value]) =>
    name === 'code' ? protection.why(String(value)) : factText(name, value, language),
  );
  return (
    <span>
      {alarm.vm !== null && <Name text={alarm.vm.name} />}
      {alarm.vm === null && t('alarms.site', { site: alarm.site ?? '', count: alarm.vmCount })}
      {facts.length > 0 && ` · ${facts.join(' · ')}`}
    </span>
  );
}

/** Units are in the names of the facts. */
function factText(name: string, value: string | number, language: 'en' | 'ja'): string {
  if (typeof value === 'string') return hostileToText(value);
  if (name.endsWith('Ms')) return formatDuration(Math.abs(value), language);
  if (name.endsWith('Bytes') || name === 'bytes') return formatBytes(value, language);
  if (name === 'hours') return formatDuration(value * 3_600_000, language);
  if (name.toLowerCase().endsWith('percent')) return `${value} %`;
  return String(value);
}
