// SPDX-License-Identifier: Apache-2.0
// The next five runs, by the very function that the agent starts scans by, in the zone of the VM. Where daylight saving moves one, it says so.
import type { Fault, Schedule } from '@lazaret/core';
import { Group, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatTime } from '../i18n/format.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useNow } from '../parts/use-now.ts';
import { planRuns } from './plan-runs.ts';

const VIEWER_ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONES = Intl.supportedValuesOf('timeZone');

export function NextRuns({ schedule, faults }: { readonly schedule: Schedule; readonly faults: readonly Fault[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const now = useNow();
  const [vmZone, setVmZone] = useState(VIEWER_ZONE);
  const fixed = schedule.kind === 'hourly' ? undefined : schedule.zone;
  const zone = fixed ?? vmZone;
  return (
    <Stack gap="xs">
      <Group align="flex-end" gap="sm">
        <Text fw={600} size="sm">
          {t('schedule.next')}
        </Text>
        {fixed === undefined && (
          <Select
            size="xs"
            w={220}
            searchable
            limit={50}
            allowDeselect={false}
            label={t('schedule.previewZone')}
            data={ZONES.includes(vmZone) ? ZONES : [vmZone, ...ZONES]}
            value={vmZone}
            onChange={(next) => setVmZone(next ?? vmZone)}
          />
        )}
      </Group>
      {faults.length > 0 ? (
        <Text size="sm">{t('schedule.noRuns')}</Text>
      ) : (
        <ol className="plain">
          {planRuns(schedule, zone, now).map((run) => (
            <li key={run.iso}>
              <Text size="sm" component="span">
                {formatTime(run.iso, language, zone)}{' '}
                {run.moved && schedule.kind !== 'hourly' && t('schedule.moved', { at: schedule.at })}
              </Text>
            </li>
          ))}
        </ol>
      )}
    </Stack>
  );
}
