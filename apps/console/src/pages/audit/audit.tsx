// SPDX-License-Identifier: Apache-2.0
// Who did what, with what it was before and after.
import type { AuditEntryView } from '@lazaret/contract';
import { Group, Stack, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/list.ts';
import { useTenantPath } from '../../api/session.ts';
import { useFilter } from '../../app/filter.ts';
import { type Column, DataTable } from '../../parts/lists/data-table.tsx';
import { Dialog } from '../../parts/dialogs/dialog.tsx';
import { hostileToText } from '../../parts/text/hostile.ts';
import { ExportButton, FilterText, ListBody } from '../../parts/lists/list-page.tsx';
import { Moment } from '../../parts/text/moment.tsx';
import { Empty } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { DiffList } from '../../policy/diff-list.tsx';
import { findDifferences } from '../../policy/diff.ts';
import { Name } from '../../parts/text/name.tsx';
import { isManagerItself } from './audit-actor.ts';

export function AuditPage() {
  const { t } = useTranslation();
  const path = useTenantPath()('/audit');
  const [search, change] = useFilter();
  const filter = { action: search['action'], actor: search['actor'] };
  const list = useList<AuditEntryView>('audit', path, filter);
  const [shown, setShown] = useState<AuditEntryView | null>(null);
  const columns = useAuditColumns();
  return (
    <Page title={t('nav.audit')}>
      <Group gap="sm" align="flex-end">
        <FilterText
          key={`a${search['action'] ?? ''}`}
          label={t('audit.filterAction')}
          value={search['action'] ?? ''}
          onChange={(action) => change({ action })}
        />
        <FilterText
          key={`b${search['actor'] ?? ''}`}
          label={t('audit.filterActor')}
          value={search['actor'] ?? ''}
          onChange={(actor) => change({ actor })}
        />
        <ExportButton<AuditEntryView>
          name="audit"
          path={path}
          filter={filter}
          header={['at', 'actor', 'action', 'subject', 'before', 'after'].map((name) =>
            t(`audit.${name}` as 'audit.at'),
          )}
          row={(entry) => [
            entry.at,
            entry.actor.name,
            entry.action,
            entry.subject,
            JSON.stringify(entry.before),
            JSON.stringify(entry.after),
          ]}
        />
      </Group>
      <ListBody list={list} empty={<Empty title={t('audit.none')}>{t('audit.noneAdvice')}</Empty>}>
        <DataTable
          label={t('nav.audit')}
          columns={columns(setShown)}
          rows={list.rows}
          total={list.total}
          rowId={(entry) => entry.id}
          onOpen={setShown}
          onMore={list.more}
        />
      </ListBody>
      {shown !== null && <AuditDialog entry={shown} onClose={() => setShown(null)} />}
    </Page>
  );
}

interface AuditDialogProps {
  readonly entry: AuditEntryView;
  readonly onClose: () => void;
}

function AuditDialog({ entry, onClose }: AuditDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog title={actionText(t, entry.action)} opened onClose={onClose} size="lg">
      <Stack gap="sm">
        <Text size="sm" component="div">
          {isManagerItself(entry.actor) ? t('common.system') : <Name text={entry.actor.name} />} ·{' '}
          <Moment at={entry.at} seconds /> · <Subject entry={entry} />
        </Text>
        <Text size="xs" c="dimmed" className="mono">
          {hostileToText(`${entry.action} ${entry.subject}`)}
        </Text>
        <DiffList differences={findDifferences(entry.before, entry.after)} />
      </Stack>
    </Dialog>
  );
}

/** What was done, in words; an action that this page does not know stays as it is called. */
function actionText(t: TFunction, action: string): string {
  return t(`audit.actions.${action}` as 'audit.actions.vms.retire', { defaultValue: action });
}

/** `policy:<id>`: the kind in words, then its name where the entry has one. */
function Subject({ entry }: { readonly entry: AuditEntryView }) {
  const { t } = useTranslation();
  const at = entry.subject.indexOf(':');
  const kind = entry.subject.slice(0, at);
  const which = nameIn(entry.after) ?? nameIn(entry.before) ?? shortId(entry.subject.slice(at + 1));
  return (
    <span title={hostileToText(entry.subject)}>
      {t(`audit.subjects.${kind}` as 'audit.subjects.vm', { defaultValue: kind })}
      {kind !== which && !FIXED.has(kind) && (
        <>
          {' '}
          <Name text={which} />
        </>
      )}
    </span>
  );
}

/** There is one of each. */
const FIXED: ReadonlySet<string> = new Set(['settings', 'provider']);

function nameIn(state: AuditEntryView['after']): string | null {
  const { name, email, label } = (state ?? {}) as Readonly<Record<string, unknown>>;
  return [name, email, label].find((value): value is string => typeof value === 'string' && value !== '') ?? null;
}

/** The end of an id tells two apart; all of it is on hover. */
function shortId(id: string): string {
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id) ? `…${id.slice(-8)}` : id;
}

function useAuditColumns(): (show: (entry: AuditEntryView) => void) => readonly Column<AuditEntryView>[] {
  const { t } = useTranslation();
  return useMemo(() => {
    let made: readonly Column<AuditEntryView>[] | undefined;
    return (show) =>
      (made ??= [
        { id: 'at', header: t('audit.at'), cell: (entry) => <Moment at={entry.at} seconds /> },
        {
          id: 'actor',
          header: t('audit.actor'),
          cell: (entry) => (
            <>
              {!isManagerItself(entry.actor) && <Name text={entry.actor.name} />}{' '}
              <Text span size="xs" c="dimmed">
                {t(`audit.actorKinds.${entry.actor.kind}`)}
              </Text>
            </>
          ),
        },
        {
          id: 'action',
          header: t('audit.action'),
          cell: (entry) => (
            <button type="button" className="link-button" title={entry.action} onClick={() => show(entry)}>
              {actionText(t, entry.action)}
            </button>
          ),
        },
        {
          id: 'subject',
          header: t('audit.subject'),
          cell: (entry) => <Subject entry={entry} />,
        },
        {
          id: 'change',
          header: t('audit.change'),
          cell: (entry) => t('audit.changes', { count: findDifferences(entry.before, entry.after).length }),
        },
      ]);
  }, [t]);
}
