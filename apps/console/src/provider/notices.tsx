// SPDX-License-Identifier: Apache-2.0
// Maintenance notices (MG-6): planned ones in advance, urgent ones with their reason, and their end.
import type { Notice } from '@lazaret/contract';
import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { type PageOf, useForget, useOne } from '../api/list.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { noticeText } from '../pages/notices/notice-state.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useSubmit } from '../parts/form.ts';
import { Moment } from '../parts/text/moment.tsx';
import { Answer, Empty, ErrorNote } from '../parts/notes.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { NO_TEXTS, TextsFields } from './texts-fields.tsx';

const PATH = '/provider/notices';

export function ProviderNotices() {
  const { t } = useTranslation();
  const language = useLanguage();
  const query = useOne<PageOf<Notice>>('provider', PATH);
  const [adding, setAdding] = useState(false);
  const [ending, setEnding] = useState<Notice | null>(null);
  return (
    <Stack gap="md">
      <Group>
        <Button onClick={() => setAdding(true)}>{t('provider.addNotice')}</Button>
      </Group>
      <Answer query={query}>
        {({ items }) => (
          <>
            {items.length === 0 && <Empty title={t('notices.none')} />}
            {items.map((notice) => (
              <article key={notice.id} className="fact">
                <Group justify="space-between">
                  <Group gap="sm">
                    <StateMark subject="notice" state={notice.endedAt === null ? notice.kind : 'ended'} />
                    <Text fw={600}>{noticeText(notice, language).title}</Text>
                    <Moment at={notice.startsAt} />
                  </Group>
                  {notice.endedAt === null && (
                    <Button size="compact-sm" variant="outline" onClick={() => setEnding(notice)}>
                      {t('provider.endNotice')}
                    </Button>
                  )}
                </Group>
              </article>
            ))}
          </>
        )}
      </Answer>
      {adding && <AddNotice onClose={() => setAdding(false)} />}
      {ending !== null && <EndNotice notice={ending} onClose={() => setEnding(null)} />}
    </Stack>
  );
}

const toIso = (local: string): string | null => (local === '' ? null : new Date(local).toISOString());

function AddNotice({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const forget = useForget();
  const [kind, setKind] = useState<'planned' | 'urgent'>('planned');
  const [title, setTitle] = useState(NO_TEXTS);
  const [text, setText] = useState(NO_TEXTS);
  const [reason, setReason] = useState('');
  const [starts, setStarts] = useState('');
  const [ends, setEnds] = useState('');
  const submit = useSubmit(async () => {
    const startsAt = toIso(starts) ?? new Date().toISOString();
    await post(PATH, { kind, title, text, reason: reason === '' ? null : reason, startsAt, endsAt: toIso(ends) });
    forget('provider', 'notices');
    onClose();
  });
  return (
    <Dialog title={t('provider.addNotice')} opened onClose={onClose} size="xl">
      <form onSubmit={submit.onSubmit}>
        <Stack gap="md">
          <Select
            label={t('destinations.kind')}
            allowDeselect={false}
            data={(['planned', 'urgent'] as const).map((value) => ({ value, label: t(`notices.${value}`) }))}
            value={kind}
            onChange={(next) => setKind(next ?? kind)}
          />
          <TextsFields label={t('provider.noticeTitle')} value={title} onChange={setTitle} />
          <TextsFields label={t('provider.noticeText')} rows={3} value={text} onChange={setText} />
          <TextInput
            label={t('notices.reason')}
            required={kind === 'urgent'}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group grow>
            <TextInput
              type="datetime-local"
              label={t('consents.from')}
              required={kind === 'planned'}
              value={starts}
              onChange={(event) => setStarts(event.currentTarget.value)}
            />
            <TextInput
              type="datetime-local"
              label={t('consents.to')}
              value={ends}
              onChange={(event) => setEnds(event.currentTarget.value)}
            />
          </Group>
          {submit.error !== null && <ErrorNote error={submit.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={submit.busy}>
              {t('provider.publish')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function EndNotice({ notice, onClose }: { readonly notice: Notice; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const forget = useForget();
  const [text, setText] = useState(NO_TEXTS);
  const submit = useSubmit(async () => {
    await post(`${PATH}/${notice.id}/end`, { text });
    forget('provider', 'notices');
    onClose();
  });
  return (
    <Dialog title={t('provider.endNotice')} opened onClose={onClose} size="xl">
      <form onSubmit={submit.onSubmit}>
        <Stack gap="md">
          <TextsFields label={t('provider.noticeText')} rows={3} value={text} onChange={setText} />
          {submit.error !== null && <ErrorNote error={submit.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={submit.busy}>
              {t('provider.endNotice')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
