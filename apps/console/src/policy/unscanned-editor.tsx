// SPDX-License-Identifier: Apache-2.0
// What is done with a file that could not be looked at whole (AC-12): rules by reason and place, the first that fits decides.
import {
  findUnscannedFaults,
  RULED_REASONS,
  type RuledReason,
  type ScanKind,
  UNSCANNED_ACTIONS,
  type UnscannedRule,
} from '@lazaret/core';
import { Button, Group, MultiSelect, Select, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFaultText } from './fault-text.ts';

interface UnscannedProps {
  readonly kind: ScanKind;
  readonly value: readonly UnscannedRule[];
  readonly onChange: (value: readonly UnscannedRule[]) => void;
}

export function UnscannedEditor({ kind, value, onChange }: UnscannedProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Text size="sm" maw={820}>
        {t('unscanned.advice')}
      </Text>
      {value.map((rule, index) => (
        <RuleRow
          key={index}
          kind={kind}
          number={index + 1}
          rule={rule}
          onChange={(next) => onChange(value.map((each, at) => (at === index ? next : each)))}
          onRemove={() => onChange(value.filter((_, at) => at !== index))}
        />
      ))}
      <Group>
        <Button variant="outline" onClick={() => onChange([...value, { reasons: ['encrypted'], action: 'notify' }])}>
          {t('unscanned.add')}
        </Button>
      </Group>
    </Stack>
  );
}

interface RuleProps {
  readonly kind: ScanKind;
  readonly number: number;
  readonly rule: UnscannedRule;
  readonly onChange: (rule: UnscannedRule) => void;
  readonly onRemove: () => void;
}

function RuleRow({ kind, number, rule, onChange, onRemove }: RuleProps) {
  const { t } = useTranslation();
  const text = useFaultText();
  const fault = findUnscannedFaults(rule, kind).find(({ path }) => path === '/directory');
  return (
    <Group align="flex-start" gap="sm">
      <Reasons rule={rule} onChange={onChange} />
      <TextInput
        w={260}
        label={t('unscanned.directory')}
        placeholder={t('unscanned.everywhere')}
        classNames={{ input: 'mono' }}
        value={rule.directory ?? ''}
        error={fault === undefined ? undefined : text(fault)}
        onChange={(event) => onChange(withDirectory(rule, event.currentTarget.value))}
      />
      <Select
        w={200}
        label={t('unscanned.action')}
        allowDeselect={false}
        // AC-6: scheduled and manual scans have nobody to deny anything to.
        data={UNSCANNED_ACTIONS.filter((action) => action !== 'deny' || kind === 'realtime').map((action) => ({
          value: action,
          label: t(`unscanned.actions.${action}`),
        }))}
        value={rule.action}
        onChange={(action) => onChange({ ...rule, action: action ?? rule.action })}
      />
      <Button
        mt={25}
        variant="subtle"
        color="bad"
        aria-label={t('unscanned.removeNumber', { number })}
        onClick={onRemove}
      >
        {t('common.remove')}
      </Button>
    </Group>
  );
}

function Reasons({ rule, onChange }: Pick<RuleProps, 'rule' | 'onChange'>) {
  const { t } = useTranslation();
  return (
    <MultiSelect
      w={320}
      label={t('unscanned.reasons')}
      placeholder={rule.reasons === undefined ? t('unscanned.everyReason') : ''}
      data={RULED_REASONS.map((reason) => ({ value: reason, label: t(`coverage.reasons.${reason}`) }))}
      value={[...(rule.reasons ?? [])]}
      onChange={(reasons) => onChange(withReasons(rule, reasons))}
    />
  );
}

/** None chosen: the rule holds for every one. */
function withReasons({ reasons: _, ...rest }: UnscannedRule, reasons: readonly RuledReason[]): UnscannedRule {
  return reasons.length === 0 ? rest : { ...rest, reasons };
}

function withDirectory({ directory: _, ...rest }: UnscannedRule, directory: string): UnscannedRule {
  return directory === '' ? rest : { ...rest, directory };
}
