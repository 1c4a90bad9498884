// SPDX-License-Identifier: Apache-2.0
// A new maintenance notice, and its end. Tenants read both languages, so both are written.
import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { useForget } from '../api/list.ts';
import { FormDialog } from '../parts/dialogs/form-dialog.tsx';
import { NO_TEXTS, TextsFields } from './texts-fields.tsx';

interface NoticeDialogProps {
  /** Where it is posted to. */
  readonly path: string;
  readonly onClose: () => void;
}

const toIso = (local: string): string | null => (local === '' ? null : new Date(local).toISOString());

export function AddNotice({ path, onClose }: NoticeDialogProps) {
  const { t } = useTranslation();
  const forget = useForget();
  const [kind, setKind] = useState<'planned' | 'urgent'>('planned');
  const [title, setTitle] = useState(NO_TEXTS);
  const [text, setText] = useState(NO_TEXTS);
  const [reason, setReason] = useState('');
  const [starts, setStarts] = useState('');
  const [ends, setEnds] = useState('');
  const publish = async (): Promise<void> => {
    const startsAt = toIso(starts) ?? new Date().toISOString();
    await post(path, { kind, title, text, reason: reason === '' ? null : reason, startsAt, endsAt: toIso(ends) });
    forget('provider', 'notices');
  };
  return (
    <FormDialog title={t('provider.addNotice')} verb={t('provider.publish')} size="xl" work={publish} onClose={onClose}>
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
      <div className="field-pair">
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
      </div>
    </FormDialog>
  );
}

export function EndNotice({ path, onClose }: NoticeDialogProps) {
  const { t } = useTranslation();
  const forget = useForget();
  const [text, setText] = useState(NO_TEXTS);
  const end = async (): Promise<void> => {
    await post(path, { text });
    forget('provider', 'notices');
  };
  return (
    <FormDialog title={t('provider.endNotice')} verb={t('provider.endNotice')} size="xl" work={end} onClose={onClose}>
      <TextsFields label={t('provider.noticeText')} rows={3} value={text} onChange={setText} />
    </FormDialog>
  );
}
