// SPDX-License-Identifier: Apache-2.0
// Maintenance notices (MG-6): current ones first, then what is over.
import type { Notice } from '@lazaret/contract';
import { Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useOne, type PageOf } from '../../api/list.ts';
import { useTenantPath } from '../../api/session.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { Moment } from '../../parts/text/moment.tsx';
import { Answer, Empty } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { useNow } from '../../parts/use-now.ts';
import { isCurrent, noticeText } from './notice-state.ts';

export function NoticesPage() {
  const { t } = useTranslation();
  const now = useNow();
  const path = useTenantPath();
  const query = useOne<PageOf<Notice>>('notices', path('/notices'));
  return (
    <Page title={t('nav.notices')}>
      <Answer query={query}>
        {({ items }) => {
          if (items.length === 0) return <Empty title={t('notices.none')}>{t('notices.noneAdvice')}</Empty>;
          const current = items.filter((notice) => isCurrent(notice, now));
          const past = items.filter((notice) => !isCurrent(notice, now));
          return (
            <>
              <NoticeList title={t('notices.current')} notices={current} empty={t('notices.noneCurrent')} />
              {past.length > 0 && <NoticeList title={t('notices.past')} notices={past} empty="" />}
            </>
          );
        }}
      </Answer>
    </Page>
  );
}

function NoticeList({
  title,
  notices,
  empty,
}: {
  readonly title: string;
  readonly notices: readonly Notice[];
  readonly empty: string;
}) {
  return (
    <section aria-label={title}>
      <Title order={2} mb="sm">
        {title}
      </Title>
      {notices.length === 0 && <Text size="sm">{empty}</Text>}
      <Stack gap="sm">
        {notices.map((notice) => (
          <NoticeCard key={notice.id} notice={notice} />
        ))}
      </Stack>
    </section>
  );
}

function NoticeCard({ notice }: { readonly notice: Notice }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const now = useNow();
  const text = noticeText(notice, language);
  const over = !isCurrent(notice, now);
  return (
    <article className="fact">
      <Stack gap="xs" align="flex-start">
        <StateMark subject="notice" state={over ? 'ended' : notice.kind} />
        <Title order={3}>{text.title}</Title>
        <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
          {text.body}
        </Text>
        {text.reason !== null && (
          <Text size="sm">
            {t('notices.reason')}: {text.reason}
          </Text>
        )}
        <Text size="sm" component="div">
          <Moment at={notice.startsAt} />
          {notice.endsAt !== null && (
            <>
              {' – '}
              <Moment at={notice.endsAt} />
            </>
          )}
          {notice.endedAt !== null && (
            <>
              {' · '}
              {t('notices.endedAt')} <Moment at={notice.endedAt} />
            </>
          )}
        </Text>
      </Stack>
    </article>
  );
}
