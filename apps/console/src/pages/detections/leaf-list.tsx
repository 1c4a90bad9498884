// SPDX-License-Identifier: Apache-2.0
// Members that were not scanned: reason, path within, size.
import type { DetectionDetail } from '@lazaret/contract';
import { Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatBytes } from '../../i18n/format.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { FileName } from '../../parts/text/file-name.tsx';

const SHOWN_MAX = 200;

export function LeafList({
  leaves,
  more,
}: {
  readonly leaves: DetectionDetail['unscanned'];
  /** Members that are not listed. */
  readonly more: number;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const left = more + Math.max(0, leaves.length - SHOWN_MAX);
  return (
    <>
      <Table maw={820}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('coverage.reason')}</Table.Th>
            <Table.Th scope="col">{t('coverage.member')}</Table.Th>
            <Table.Th scope="col">{t('quarantine.bytes')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {leaves.slice(0, SHOWN_MAX).map((leaf, index) => (
            <Table.Tr key={`${index}-${leaf.layers.join('/')}`}>
              <Table.Td>{t(`coverage.reasons.${leaf.reason}`)}</Table.Td>
              <Table.Td>
                <FileName path={leaf.layers.join(' ▸ ')} />
              </Table.Td>
              <Table.Td>{leaf.bytes === null ? '–' : formatBytes(leaf.bytes, language)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {left > 0 && <Text size="sm">{t('detections.moreMembers', { count: left })}</Text>}
    </>
  );
}
