// SPDX-License-Identifier: Apache-2.0
import { Code, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Difference } from './diff.ts';
import { hasPlace, useFaultPlace } from './fault-text.ts';
import { useValueText } from './value-text.ts';

export function DiffList({ differences }: { readonly differences: readonly Difference[] }) {
  const { t } = useTranslation();
  const place = useFaultPlace();
  const text = useValueText();
  if (differences.length === 0) return <Text size="sm">{t('diff.none')}</Text>;
  return (
    <Table layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t('diff.field')}</Table.Th>
          <Table.Th scope="col">{t('diff.before')}</Table.Th>
          <Table.Th scope="col">{t('diff.after')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {differences.map(({ pointer, before, after }) => (
          <Table.Tr key={pointer}>
            <Table.Td>
              {hasPlace(pointer) && <div>{place(pointer)}</div>}
              <Code>{pointer === '' ? '/' : pointer}</Code>
            </Table.Td>
            <Table.Td className="mono">{text(pointer, before)}</Table.Td>
            <Table.Td className="mono">{text(pointer, after)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
