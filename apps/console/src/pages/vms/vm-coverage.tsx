// SPDX-License-Identifier: Apache-2.0
// Coverage and its ledger by reason: what the last full scan did not look at. Rounds down.
import { coverageHundredths } from '@lazaret/core';
import type { VmDetail } from '@lazaret/contract';
import { Stack, Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatCount, formatPercent } from '../../i18n/format.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { Moment } from '../../parts/text/moment.tsx';
import { Empty } from '../../parts/notes.tsx';

export function VmCoverage({ vm }: { readonly vm: VmDetail }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xl" w="100%">
      {vm.coverage === null ? (
        <Empty title={t('coverage.none')}>{t('coverage.noneAdvice')}</Empty>
      ) : (
        <Ledger coverage={vm.coverage} />
      )}
    </Stack>
  );
}

interface Looked {
  readonly unscanned: Readonly<Partial<Record<string, number>>>;
  /** Leaves that there were. */
  readonly all: number;
}

export function LedgerTable({ unscanned, all }: Looked) {
  const { t } = useTranslation();
  const language = useLanguage();
  const rows = Object.entries(unscanned).toSorted(([, left = 0], [, right = 0]) => right - left);
  if (rows.length === 0) {
    return <Text size="sm">{t(all === 0 ? 'coverage.nothingMet' : 'coverage.nothingLeft')}</Text>;
  }
  return (
    <Table maw={560}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t('coverage.reason')}</Table.Th>
          <Table.Th scope="col">{t('coverage.count')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(([reason, count = 0]) => (
          <Table.Tr key={reason}>
            <Table.Td>
              {t(`coverage.reasons.${reason}` as 'coverage.reasons.size')}
              <Text size="xs" c="dimmed">
                {t(`coverage.reasonMeans.${reason}` as 'coverage.reasonMeans.size')}
              </Text>
            </Table.Td>
            <Table.Td>{formatCount(count, language)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Ledger({ coverage }: { readonly coverage: NonNullable<VmDetail['coverage']> }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const hundredths = coverageHundredths(coverage);
  return (
    <section aria-labelledby="ledger">
      <Title order={2} id="ledger" mb="sm">
        {t('coverage.title')} {formatPercent(hundredths, language)}
      </Title>
      <Text size="sm" mb="sm" component="div">
        {t('coverage.of', {
          lookedAt: formatCount(coverage.lookedAt, language),
          all: formatCount(coverage.all, language),
        })}{' '}
        <Moment at={coverage.at} />
        {coverage.excepted > 0 && ` · ${t('coverage.excepted', { count: coverage.excepted })}`}
      </Text>
      <LedgerTable unscanned={coverage.unscanned} all={coverage.all} />
    </section>
  );
}
