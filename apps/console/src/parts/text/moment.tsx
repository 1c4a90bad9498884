// SPDX-License-Identifier: Apache-2.0
// A moment in the viewer's zone; on hover and focus in the VM's zone and UTC.
import { Tooltip } from '@mantine/core';
import { useLanguage } from '../../i18n/use-language.ts';
import { formatRelative, formatTime } from '../../i18n/format.ts';
import { useNow } from '../use-now.ts';

interface MomentProps {
  readonly at: string | null;
  readonly vmZone?: string | null;
  /** `date`: always the full date. `relative`: "3 min ago" below 24 h. */
  readonly as?: 'date' | 'relative';
  readonly seconds?: boolean;
  /** Inside a link or button, which has the focus itself. */
  readonly inLink?: boolean;
}

export function Moment({ at, vmZone = null, as = 'date', seconds = false, inLink = false }: MomentProps) {
  const language = useLanguage();
  const now = useNow();
  if (at === null) return <span>–</span>;
  const full = formatTime(at, language, undefined, seconds);
  const relative = as === 'relative' ? formatRelative(at, now, language) : null;
  const zones = [
    full,
    ...(vmZone === null ? [] : [`VM ${formatTime(at, language, vmZone, true)} (${vmZone})`]),
    `UTC ${formatTime(at, language, 'UTC', true)}`,
  ];
  return (
    <Tooltip label={zones.join(' · ')} multiline maw={360}>
      <time dateTime={at} {...(inLink ? {} : { tabIndex: 0 })}>
        {relative ?? full}
      </time>
    </Tooltip>
  );
}
