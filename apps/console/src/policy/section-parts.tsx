// SPDX-License-Identifier: Apache-2.0
// What the sections of a policy are made of.
import type { Policy, ScanKind } from '@lazaret/core';
import { NumberInput, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatCount } from '../i18n/format.ts';
import { useLanguage } from '../i18n/use-language.ts';

export const KINDS: readonly ScanKind[] = ['realtime', 'scheduled', 'manual'];

export interface SectionProps {
  readonly draft: Policy;
  readonly onChange: (draft: Policy) => void;
}

export function Block({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} mb="sm">
        {title}
      </Title>
      <Stack gap="md">{children}</Stack>
    </section>
  );
}

interface RangedProps {
  readonly label: string;
  readonly range: { readonly min: number; readonly max: number };
  /** How much of the policy's unit one of the shown is. */
  readonly unit?: number;
  /** A number that names something, as a port does: its digits are not grouped. */
  readonly isName?: boolean;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** A number with its range said; what lies outside stays and is told as a fault. */
export function Ranged({ label, range, unit = 1, isName = false, value, onChange }: RangedProps) {
  const language = useLanguage();
  const min = Math.ceil(range.min / unit);
  const max = Math.floor(range.max / unit);
  const shown = value / unit;
  return (
    <NumberInput
      w={200}
      label={label}
      description={isName ? `${min}–${max}` : `${formatCount(min, language)}–${formatCount(max, language)}`}
      thousandSeparator={!isName}
      min={min}
      max={max}
      clampBehavior="none"
      value={shown}
      error={value < range.min || value > range.max}
      onChange={(next) => onChange(Math.round(Number(next) * unit))}
    />
  );
}
