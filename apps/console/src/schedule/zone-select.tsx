// SPDX-License-Identifier: Apache-2.0
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

interface ZoneSelectProps {
  readonly value: string | undefined;
  readonly onChange: (zone: string | undefined) => void;
}

/** Empty = the zone of each VM. */
export function ZoneSelect({ value, onChange }: ZoneSelectProps) {
  const { t } = useTranslation();
  const data = value === undefined || ZONES.includes(value) ? ZONES : [value, ...ZONES];
  return (
    <Select
      label={t('schedule.zone')}
      placeholder={t('schedule.vmZone')}
      searchable
      clearable
      limit={100}
      maw={280}
      data={data}
      value={value ?? null}
      onChange={(zone) => onChange(zone ?? undefined)}
    />
  );
}
