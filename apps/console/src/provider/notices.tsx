// SPDX-License-Identifier: Apache-2.0
// Maintenance notices (MG-6): planned ones in advance, urgent ones with their reason, and their end.
import type { Notice } from '@lazaret/contract';
import { Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type PageOf, useOne } from '../api/list.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { noticeText } from '../pages/notices/notice-state.ts';
import { DialogButton } from '../parts/dialogs/dialog-button.tsx';
import { Answer, Empty } from '../parts/notes.tsx';
import { RowButton } from '../parts/right-button.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { AddNotice, EndNotice } from './notice-dialogs.tsx';

const PATH = '/provider/notices';

export function ProviderNotices() {
  const { t } = useTranslation();
  const query = useOne<PageOf<Notice>>('provider', PATH);
  const [ending, setEnding] = useState<Notice | null>(null);
  return (
    <Stack gap="md">
      <Group>
        <DialogButton dialog={(close) => <AddNotice path={PATH} onClose={close} />}>
          {t('provider.addNotice')}
        </DialogButton>
      </Group>
      <Answer query={query}>
        {({ items }) => (
          <>
            {items.length === 0 && <Empty title={t('notices.none')} />}
            {items.map((notice) => (
              <NoticeRow key={notice.id} notice={notice} onEnd={() => setEnding(notice)} />
            ))}
          </>
        )}
      </Answer>
      {ending !== null && <EndNotice path={`${PATH}/${ending.id}/end`} onClose={() => setEnding(null)} />}
    </Stack>
  );
}

function NoticeRow({ notice, onEnd }: { readonly notice: Notice; readonly onEnd: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <article className="fact">
      <Group justify="space-between">
        <Group gap="sm">
          <StateMark subject="notice" state={notice.endedAt === null ? notice.kind : 'ended'} />
          <Text fw={600}>{noticeText(notice, language).title}</Text>
          <Moment at={notice.startsAt} />
        </Group>
        {notice.endedAt === null && (
          <RowButton variant="outline" onClick={onEnd}>
            {t('provider.endNotice')}
          </RowButton>
        )}
      </Group>
    </article>
  );
}
