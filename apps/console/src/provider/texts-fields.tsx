// SPDX-License-Identifier: Apache-2.0
// A text in both languages: what tenants read is never in one alone.
import { Textarea } from '@mantine/core';

export interface Texts {
  readonly en: string;
  readonly ja: string;
}

export const NO_TEXTS: Texts = { en: '', ja: '' };

interface TextsProps {
  readonly label: string;
  readonly value: Texts;
  readonly rows?: number;
  readonly onChange: (value: Texts) => void;
}

export function TextsFields({ label, value, rows = 1, onChange }: TextsProps) {
  return (
    <div className="field-pair">
      <Textarea
        label={`${label} (English)`}
        required
        autosize
        minRows={rows}
        value={value.en}
        onChange={(event) => onChange({ ...value, en: event.currentTarget.value })}
      />
      <Textarea
        label={`${label} (日本語)`}
        required
        autosize
        minRows={rows}
        value={value.ja}
        onChange={(event) => onChange({ ...value, ja: event.currentTarget.value })}
      />
    </div>
  );
}
