// SPDX-License-Identifier: Apache-2.0
// The tenant's own signatures, which count only when a scan process has taken them.
import type { Signature } from '@lazaret/contract';
import { Group, Title } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useOne } from '../../api/list.ts';
import { useTenantPath } from '../../api/session.ts';
import { ConfirmRemoval } from '../../parts/dialogs/confirm.tsx';
import { DialogButton } from '../../parts/dialogs/dialog-button.tsx';
import type { Column } from '../../parts/lists/data-table.tsx';
import { WholeTable } from '../../parts/lists/list-table.tsx';
import { Answer, Empty } from '../../parts/notes.tsx';
import { RowButton } from '../../parts/right-button.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { hostileToText } from '../../parts/text/hostile.ts';
import { Moment } from '../../parts/text/moment.tsx';
import { Name } from '../../parts/text/name.tsx';
import { AddSignature } from './add-signature.tsx';

export function Signatures() {
  const { t } = useTranslation();
  const path = useTenantPath()('/patterns/signatures');
  const query = useOne<{ readonly items: readonly Signature[] }>('signatures', path);
  const [removing, setRemoving] = useState<Signature | null>(null);
  const columns = useSignatureColumns(setRemoving);
  return (
    <section>
      <Group justify="space-between" mb="sm">
        <Title order={2} id="signatures">
          {t('signatures.title')}
        </Title>
        <DialogButton right="patterns.write" dialog={(close) => <AddSignature onClose={close} />}>
          {t('signatures.add')}
        </DialogButton>
      </Group>
      <Answer query={query}>
        {({ items }) => (
          <WholeTable
            label={t('signatures.title')}
            columns={columns}
            rows={items}
            rowId={(row) => row.id}
            empty={<Empty title={t('signatures.none')}>{t('signatures.noneAdvice')}</Empty>}
          />
        )}
      </Answer>
      {removing !== null && (
        <ConfirmRemoval
          title={t('signatures.removeTitle', { name: removing.name })}
          consequence={t('signatures.removeConsequence')}
          verb={t('common.remove')}
          path={`${path}/${removing.id}`}
          forgets={['signatures', 'patterns']}
          onClose={() => setRemoving(null)}
        />
      )}
    </section>
  );
}

function useSignatureColumns(take: (row: Signature) => void): readonly Column<Signature>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      { id: 'name', header: t('detections.threat'), cell: (row) => <Name text={row.name} /> },
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
          <RowButton right="patterns.write" color="bad" onClick={() => take(row)}>
            {t('common.remove')}
          </RowButton>
        ),
      },
    ],
    [t, take],
  );
}

const BODY_SHOWN_MAX = 12;

function shortText(text: string): string {
  return text.length <= BODY_SHOWN_MAX ? text : `${text.slice(0, BODY_SHOWN_MAX)}…`;
}
