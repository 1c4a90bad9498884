// SPDX-License-Identifier: Apache-2.0
// Current maintenance notices stand above every page until they end (MG-6).
import type { Notice } from '@lazaret/contract';
import { useTranslation } from 'react-i18next';
import { useOne, type PageOf } from '../api/list.ts';
import { useTenantPath } from '../api/session.ts';
import { isCurrent } from '../pages/notices/notice-state.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { Moment } from '../parts/text/moment.tsx';
import { useNow } from '../parts/use-now.ts';
import { noticeText } from '../pages/notices/notice-state.ts';

export function NoticeBands() {
  const { t } = useTranslation();
  const language = useLanguage();
  const now = useNow();
  const path = useTenantPath();
  const notices = useOne<PageOf<Notice>>('notices', path('/notices'));
  const current = (notices.data?.items ?? []).filter((notice) => isCurrent(notice, now));
  return current.map((notice) => (
    <div key={notice.id} className="band" data-tone={notice.kind === 'urgent' ? 'watch' : 'running'} role="status">
      {t(`notices.${notice.kind}`)}: {noticeText(notice, language).title} · <Moment at={notice.startsAt} />
      {notice.endsAt !== null && (
        <>
          {' – '}
          <Moment at={notice.endsAt} />
        </>
      )}
    </div>
  ));
}
