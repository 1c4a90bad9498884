// SPDX-License-Identifier: Apache-2.0
// Recommended or custom (AC-1, AC-2), each with what it means: primary, secondary, when a person is told – from the very table that plans it.
import { ACTION_RULES, type Action, type ActionSetting, type ScanKind } from '@lazaret/core';
import { Group, Radio, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const ACTIONS: readonly Action[] = ['delete', 'clean', 'pass', 'deny', 'quarantine'];

interface ActionProps {
  readonly kind: ScanKind;
  readonly value: ActionSetting;
  readonly onChange: (value: ActionSetting) => void;
}

export function ActionEditor({ kind, value, onChange }: ActionProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <Radio.Group
        aria-label={t('action.setting')}
        value={value.kind}
        onChange={(next) =>
          onChange(next === 'recommended' ? { kind: 'recommended' } : { kind: 'custom', primary: 'quarantine' })
        }
      >
        <Group mt="xs">
          <Radio value="recommended" label={t('action.recommended')} />
          <Radio value="custom" label={t('action.custom')} />
        </Group>
      </Radio.Group>
      {value.kind === 'recommended' ? (
        <Text size="sm">{t('action.recommendedAdvice')}</Text>
      ) : (
        <CustomTable kind={kind} value={value.primary} onChange={(primary) => onChange({ kind: 'custom', primary })} />
      )}
    </Stack>
  );
}

interface CustomProps {
  readonly kind: ScanKind;
  readonly value: Action;
  readonly onChange: (action: Action) => void;
}

function CustomTable({ kind, value, onChange }: CustomProps) {
  const { t } = useTranslation();
  return (
    <Radio.Group value={value} onChange={(next) => onChange(next)} label={t('action.primary')}>
      <Table maw={820}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('action.primary')}</Table.Th>
            <Table.Th scope="col">{t('action.secondary')}</Table.Th>
            <Table.Th scope="col">{t('action.told')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {ACTIONS.map((action) => {
            const rule = ACTION_RULES[action];
            // AC-6: scheduled and manual scans have nobody to deny anything to.
            const refused = action === 'deny' && kind !== 'realtime';
            return (
              <Table.Tr key={action}>
                <Table.Td>
                  <Radio
                    value={action}
                    disabled={refused}
                    label={t(`actions.${action}`)}
                    description={refused ? t('action.denyRealtimeOnly') : t(`action.means.${action}`)}
                  />
                </Table.Td>
                <Table.Td>{rule.secondary === null ? t('common.none') : t('actions.quarantine')}</Table.Td>
                <Table.Td>{t(`action.notify.${rule.notify}`)}</Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Radio.Group>
  );
}
