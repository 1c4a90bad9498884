// SPDX-License-Identifier: Apache-2.0
// The lists of one VM: the very lists of the tenant, filtered by it.
import type { Command } from '@lazaret/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/list.ts';
import { useTenantPath } from '../../api/session.ts';
import { type Column, DataTable } from '../../parts/lists/data-table.tsx';
import { ErrorCell } from '../../parts/text/error-cell.tsx';
import { ListBody } from '../../parts/lists/list-page.tsx';
import { Moment } from '../../parts/text/moment.tsx';
import { Empty } from '../../parts/notes.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { DetectionTable } from '../detections/detections.tsx';
import { QuarantineTable } from '../quarantine/quarantine.tsx';
import { ScanTable } from '../scans.tsx';
import { Name } from '../../parts/text/name.tsx';

export function VmDetections({ vmId }: { readonly vmId: string }) {
  return <DetectionTable filter={{ vm: vmId }} />;
}

export function VmScans({ vmId }: { readonly vmId: string }) {
  return <ScanTable filter={{ vm: vmId }} />;
}

export function VmQuarantine({ vmId }: { readonly vmId: string }) {
  return <QuarantineTable filter={{ vm: vmId }} />;
}

/** Commands show queued → sent → done or failed; a toast is no result. */
export function VmCommands({ vmId }: { readonly vmId: string }) {
  const { t } = useTranslation();
  const path = useTenantPath();
  const list = useList<Command>('commands', path(`/vms/${vmId}/commands`), {});
  const columns = useMemo(
    (): readonly Column<Command>[] => [
      { id: 'at', header: t('commands.at'), cell: (row) => <Moment at={row.createdAt} as="relative" /> },
      { id: 'kind', header: t('commands.kind'), cell: (row) => t(`commands.kinds.${row.kind}`) },
      { id: 'state', header: t('commands.state'), cell: (row) => <StateMark subject="command" state={row.state} /> },
      { id: 'by', header: t('commands.by'), cell: (row) => <Name text={row.createdBy ?? t('common.system')} /> },
      { id: 'ended', header: t('commands.ended'), cell: (row) => <Moment at={row.endedAt} as="relative" /> },
      {
        id: 'error',
        header: t('commands.result'),
        cell: (row) => row.error !== null && <ErrorCell failure={row.error} />,
      },
    ],
    [t],
  );
  return (
    <ListBody list={list} empty={<Empty title={t('commands.none')} />}>
      <DataTable
        label={t('vm.tabs.commands')}
        columns={columns}
        rows={list.rows}
        total={list.total}
        rowId={(row) => row.id}
        onMore={list.more}
      />
    </ListBody>
  );
}
