// SPDX-License-Identifier: Apache-2.0
// Releases and how many VMs are on each; the tenant's own signatures, which count only when a scan process has taken them.
import {
  type PatternRelease,
  type PatternsOverview,
  type Signature,
  type SignatureRequest,
  SIGNATURE_KINDS,
  THREAT_KINDS,
} from '@lazaret/contract';
import { Button, Group, Select, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, remove } from '../api/client.ts';
import { useForget, useOne } from '../api/list.ts';
import { useTenantId, useTenantPath } from '../api/session.ts';
import { TextLink } from '../app/links.tsx';
import { formatBytes } from '../i18n/format.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Confirm, Dialog } from '../parts/dialog.tsx';
import { useSubmit } from '../parts/form.ts';
import { hostileToText } from '../parts/text/hostile.ts';
import { Moment } from '../parts/text/moment.tsx';
import { Answer, Empty, ErrorNote } from '../parts/notes.tsx';
import { Page } from '../parts/page.tsx';
import { RightButton } from '../parts/right-button.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { shortRelease } from './vms/vms.tsx';
import { Name } from '../parts/text/name.tsx';

export function PatternsPage() {
  const { t } = useTranslation();
  const path = useTenantPath();
  const releases = useOne<PatternsOverview>('patterns', path('/patterns'));
  return (
    <Page title={t('nav.patterns')}>
      <Answer query={releases}>{(overview) => <Releases overview={overview} />}</Answer>
      <Signatures />
    </Page>
  );
}

function Releases({ overview }: { readonly overview: PatternsOverview }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const tenant = useTenantId();
  const columns = useMemo(
    (): readonly Column<PatternRelease>[] => [
      { id: 'release', header: t('vms.release'), cell: (row) => <span className="mono">{shortRelease(row.id)}</span> },
      { id: 'state', header: t('patterns.state'), cell: (row) => <StateMark subject="release" state={row.state} /> },
      {
        id: 'vms',
        header: t('nav.vms'),
        cell: (row) => (
          <TextLink to="/t/$tenant/vms" params={{ tenant }} search={{ release: row.id } as never}>
            {t('vms.count', { count: row.vms })}
          </TextLink>
        ),
      },
      { id: 'source', header: t('patterns.source'), cell: (row) => <Name text={row.source} /> },
      { id: 'bytes', header: t('quarantine.bytes'), cell: (row) => formatBytes(row.bytes, language) },
      { id: 'imported', header: t('patterns.imported'), cell: (row) => <Moment at={row.importedAt} /> },
      { id: 'activated', header: t('patterns.activated'), cell: (row) => <Moment at={row.activatedAt} /> },
    ],
    [t, language, tenant],
  );
  return (
    <section>
      <Title order={2} id="releases" mb="sm">
        {t('patterns.releases')}
      </Title>
      <Text size="sm" mb="sm" component="div">
        {t('patterns.lastCheck')} <Moment at={overview.lastCheckAt} as="relative" />
        {overview.vmsNone > 0 && ` · ${t('patterns.without', { count: overview.vmsNone })}`}
        {overview.vmsOther > 0 && ` · ${t('patterns.other', { count: overview.vmsOther })}`}
      </Text>
      {overview.releases.length === 0 ? (
        <Empty title={t('patterns.none')}>{t('patterns.noneAdvice')}</Empty>
      ) : (
        <DataTable
          label={t('patterns.releases')}
          columns={columns}
          rows={overview.releases}
          total={overview.releases.length}
          rowId={(row) => row.id}
        />
      )}
    </section>
  );
}

function Signatures() {
  const { t } = useTranslation();
  const path = useTenantPath()('/patterns/signatures');
  const query = useOne<{ readonly items: readonly Signature[] }>('signatures', path);
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Signature | null>(null);
  const forget = useForget();
  const columns = useSignatureColumns(setRemoving);
  return (
    <section>
      <Group justify="space-between" mb="sm">
        <Title order={2} id="signatures">
          {t('signatures.title')}
        </Title>
        <RightButton right="patterns.write" onClick={() => setAdding(true)}>
          {t('signatures.add')}
        </RightButton>
      </Group>
      <Answer query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('signatures.none')}>{t('signatures.noneAdvice')}</Empty>
          ) : (
            <DataTable
              label={t('signatures.title')}
              columns={columns}
              rows={items}
              total={items.length}
              rowId={(row) => row.id}
            />
          )
        }
      </Answer>
      {adding && <AddSignature onClose={() => setAdding(false)} />}
      {removing !== null && (
        <Confirm
          title={t('signatures.removeTitle', { name: removing.name })}
          consequence={t('signatures.removeConsequence')}
          verb={t('common.remove')}
          onClose={() => setRemoving(null)}
          onConfirm={async () => {
            await remove(`${path}/${removing.id}`);
            forget('signatures', 'patterns');
          }}
        />
      )}
    </section>
  );
}

function useSignatureColumns(take: (row: Signature) => void): readonly Column<Signature>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      { id: 'name', header: t('signatures.name'), cell: (row) => <Name text={row.name} /> },
      { id: 'kind', header: t('signatures.kind'), cell: (row) => t(`signatures.kinds.${row.kind}`) },
      { id: 'state', header: t('patterns.state'), cell: (row) => <StateMark subject="signature" state={row.state} /> },
      { id: 'why', header: t('signatures.why'), cell: (row) => hostileToText(row.why ?? '') },
      {
        id: 'body',
        header: t('signatures.body'),
        cell: (row) => (
          <span className="mono" title={hostileToText(row.body.slice(0, 200))}>
            {shortText(hostileToText(row.body))}
          </span>
        ),
      },
      { id: 'by', header: t('exceptions.author'), cell: (row) => <Name text={row.createdBy ?? '–'} /> },
      { id: 'at', header: t('signatures.created'), cell: (row) => <Moment at={row.createdAt} as="relative" /> },
      {
        id: 'remove',
        header: t('scans.actions'),
        cell: (row) => (
          <RightButton right="patterns.write" size="compact-sm" variant="subtle" color="bad" onClick={() => take(row)}>
            {t('common.remove')}
          </RightButton>
        ),
      },
    ],
    [t, take],
  );
}

const BODY_SHOWN_MAX = 16;

function shortText(text: string): string {
  return text.length <= BODY_SHOWN_MAX ? text : `${text.slice(0, BODY_SHOWN_MAX)}…`;
}

type Signed = Pick<Signature, 'kind' | 'name' | 'body' | 'threatKind' | 'reason'> & SignatureRequest;

function AddSignature({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const path = useTenantPath()('/patterns/signatures');
  const forget = useForget();
  const [form, setForm] = useState<Signed>({ kind: 'sha256', name: '', body: '', threatKind: 'other', reason: '' });
  const submit = useSubmit(async () => {
    await post<Signature>(path, form);
    forget('signatures', 'patterns');
    onClose();
  });
  return (
    <Dialog title={t('signatures.add')} opened onClose={onClose} size="lg">
      <form onSubmit={submit.onSubmit}>
        <Stack gap="md">
          <Text size="sm">{t('signatures.advice')}</Text>
          <Group>
            <Select
              label={t('signatures.kind')}
              allowDeselect={false}
              data={SIGNATURE_KINDS.map((kind) => ({ value: kind, label: t(`signatures.kinds.${kind}`) }))}
              value={form.kind}
              onChange={(kind) => setForm({ ...form, kind: kind ?? form.kind })}
            />
            <Select
              label={t('detections.kind')}
              allowDeselect={false}
              data={THREAT_KINDS.map((kind) => ({ value: kind, label: t(`threats.${kind}`) }))}
              value={form.threatKind}
              onChange={(threatKind) => setForm({ ...form, threatKind: threatKind ?? form.threatKind })}
            />
          </Group>
          <TextInput
            label={t('signatures.name')}
            description={t('signatures.nameAdvice')}
            required
            pattern="[A-Za-z0-9._\-]+"
            value={form.name}
            onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
          />
          <Textarea
            label={t('signatures.body')}
            description={t(`signatures.bodyAdvice.${form.kind}`)}
            required
            autosize
            minRows={3}
            maxRows={16}
            classNames={{ input: 'mono' }}
            value={form.body}
            onChange={(event) => setForm({ ...form, body: event.currentTarget.value })}
          />
          <TextInput
            label={t('exceptions.reason')}
            value={form.reason}
            onChange={(event) => setForm({ ...form, reason: event.currentTarget.value })}
          />
          {submit.error !== null && <ErrorNote error={submit.error} />}
          <Group justify="flex-end">
            <Button variant="outline" color="neutral" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={submit.busy}>
              {t('signatures.add')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
