// SPDX-License-Identifier: Apache-2.0
// Real-time scan on one VM: how it stands and why, what it counted, what it watches and what not (RT-8). As the agent last told it, dated.
import type { VmDetail } from '@lazaret/contract';
import { Stack, Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../i18n/format.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { FactList } from '../../parts/text/fact-list.tsx';
import { FileName } from '../../parts/text/file-name.tsx';
import { hostileToText } from '../../parts/text/hostile.ts';
import { Moment } from '../../parts/text/moment.tsx';
import { Empty } from '../../parts/notes.tsx';
import { ToneMark, useStateWord } from '../../parts/state-mark.tsx';
import { toneOf } from '../../state/words.ts';

type Realtime = NonNullable<VmDetail['realtime']>;

export function VmRealtime({ vm }: { readonly vm: VmDetail }) {
  const { t } = useTranslation();
  const { realtime, mounts } = vm;
  if (realtime === null) return <Empty title={t('realtime.notTold')}>{t('realtime.notToldAdvice')}</Empty>;
  return (
    <Stack gap="xl" w="100%">
      <Stand realtime={realtime} at={vm.link.lastSeenAt} />
      <Counts counts={realtime.counts} />
      <Uncovered mounts={mounts.filter(({ covered }) => !covered)} more={realtime.moreNotCovered} />
      <Watched mounts={mounts.filter(({ covered }) => covered)} more={realtime.moreWatching} />
    </Stack>
  );
}

function Stand({ realtime, at }: { readonly realtime: Realtime; readonly at: string | null }) {
  const { t } = useTranslation();
  const word = useStateWord();
  const { state, why, detail } = realtime;
  return (
    <Stack gap="xs" align="flex-start">
      <ToneMark tone={toneOf('realtime', state)}>
        {why === 'notify-only' ? t('realtime.notifyOnly') : word('realtime', state)}
      </ToneMark>
      {why !== null && <Text size="sm">{t(`realtime.why.${why}`)}</Text>}
      {detail !== null && (
        <Text size="sm">
          {t('realtime.detail')}: <span className="mono">{hostileToText(detail)}</span>
        </Text>
      )}
      <Text size="xs" c="dimmed" component="span">
        {t('realtime.asOf')} <Moment at={at} as="relative" />
      </Text>
    </Stack>
  );
}

const COUNTS = [
  'opens',
  'cacheHits',
  'ignoreMarks',
  'scans',
  'detections',
  'refused',
  'letThrough',
  'overload',
  'waiting',
] as const;

function Counts({ counts }: { readonly counts: Realtime['counts'] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <section aria-labelledby="counts">
      <Title order={2} id="counts" mb="xs">
        {t('realtime.counts')}
      </Title>
      {counts === null ? (
        <Text size="sm">{t('realtime.noCounts')}</Text>
      ) : (
        <Stack gap="sm">
          <Text size="xs" c="dimmed">
            {t('realtime.countsAdvice')}
          </Text>
          <FactList facts={COUNTS.map((name) => [t(`realtime.count.${name}`), formatCount(counts[name], language)])} />
        </Stack>
      )}
    </section>
  );
}

interface PlacesProps {
  readonly mounts: VmDetail['mounts'];
  /** So many more are not told one by one. */
  readonly more: number;
}

function Uncovered({ mounts, more }: PlacesProps) {
  const { t } = useTranslation();
  return (
    <section aria-labelledby="not-covered">
      <Title order={2} id="not-covered" mb="xs">
        {t('realtime.notCovered')}
      </Title>
      {mounts.length === 0 ? (
        <Text size="sm">{t('realtime.allCovered')}</Text>
      ) : (
        <Table maw={960}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('realtime.place')}</Table.Th>
              <Table.Th scope="col">{t('realtime.type')}</Table.Th>
              <Table.Th scope="col">{t('realtime.reason')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {mounts.map(({ path, fileSystemType, why, detail }) => (
              <Table.Tr key={`${path}-${why}`}>
                <Table.Td>
                  <FileName path={path} />
                </Table.Td>
                <Table.Td className="mono">{fileSystemType === '' ? '–' : hostileToText(fileSystemType)}</Table.Td>
                <Table.Td>
                  {why !== null && t(`realtime.uncoveredBecause.${why}`)}{' '}
                  {detail !== null && <span className="mono">{hostileToText(detail)}</span>}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <More count={more} />
    </section>
  );
}

function Watched({ mounts, more }: PlacesProps) {
  const { t } = useTranslation();
  return (
    <section aria-labelledby="watched">
      <Title order={2} id="watched" mb="xs">
        {t('realtime.watched')}
      </Title>
      {mounts.length === 0 ? (
        <Text size="sm">{t('realtime.nothingWatched')}</Text>
      ) : (
        <Table maw={640}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('realtime.place')}</Table.Th>
              <Table.Th scope="col">{t('realtime.type')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {mounts.map(({ path, fileSystemType }, index) => (
              <Table.Tr key={`${index}-${path}`}>
                <Table.Td>
                  <FileName path={path} />
                </Table.Td>
                <Table.Td className="mono">{hostileToText(fileSystemType)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <More count={more} />
    </section>
  );
}

function More({ count }: { readonly count: number }) {
  const { t } = useTranslation();
  if (count === 0) return null;
  return (
    <Text size="sm" mt="xs">
      {t('realtime.moreWatched', { count })}
    </Text>
  );
}
