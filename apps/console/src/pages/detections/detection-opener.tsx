// SPDX-License-Identifier: Apache-2.0
// Who opened an infected file (RT-11): the program, its process, user, container and parents, and what it was answered.
import type { DetectionDetail } from '@lazaret/contract';
import { Text, Title } from '@mantine/core';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../i18n/format.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { FactList } from '../../parts/text/fact-list.tsx';
import { FileName } from '../../parts/text/file-name.tsx';
import { hostileToText } from '../../parts/text/hostile.ts';
import { Moment } from '../../parts/text/moment.tsx';
import { ToneMark } from '../../parts/state-mark.tsx';

export function DetectionOpener({ detection }: { readonly detection: DetectionDetail }) {
  const { t } = useTranslation();
  const { access, process } = detection;
  return (
    <section aria-labelledby="opener">
      <Title order={2} id="opener" mb="sm">
        {t('opener.title')}
      </Title>
      {access === null && process === null ? (
        <Text size="sm">{t('opener.nobody')}</Text>
      ) : (
        <Facts detection={detection} />
      )}
    </section>
  );
}

function Facts({ detection }: { readonly detection: DetectionDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { access, refused, attempts, process, vmZone } = detection;
  const answer = refused === true ? t('opener.refused') : t('opener.allowed');
  return (
    <FactList
      facts={[
        [t('opener.access'), access === null ? null : t(`opener.accesses.${access}`)],
        [
          t('opener.answer'),
          refused === null ? null : (
            <ToneMark key="answer" tone={refused ? 'ok' : 'watch'}>
              {answer}
            </ToneMark>
          ),
        ],
        [t('opener.attempts'), formatCount(attempts, language)],
        ...(process === null
          ? [[t('opener.process'), t('opener.unknown')] as const]
          : processFacts(t, process, vmZone)),
      ]}
    />
  );
}

function processFacts(
  t: TFunction,
  { pid, startedAt, executable, commandLine, user, container, parents }: NonNullable<DetectionDetail['process']>,
  vmZone: string | null,
): readonly (readonly [string, ReactNode])[] {
  const mono = (text: string): ReactNode => <span className="mono">{text}</span>;
  return [
    [t('opener.process'), <FileName key="process" path={executable} />],
    [
      t('opener.pid'),
      startedAt === null ? (
        String(pid)
      ) : (
        <span key="pid">
          {t('opener.pidSince', { pid })} <Moment at={startedAt} vmZone={vmZone} seconds />
        </span>
      ),
    ],
    [t('opener.commandLine'), commandLine === null ? null : mono(hostileToText(commandLine))],
    [t('opener.user'), user === null ? t('opener.unknownUser') : hostileToText(user)],
    [t('opener.container'), container === null ? t('opener.noContainer') : hostileToText(container)],
    [t('opener.parents'), parents.length === 0 ? null : mono(parents.map(hostileToText).join(' › '))],
  ];
}
