// SPDX-License-Identifier: Apache-2.0
import type { QuarantineResults } from '@lazaret/contract';
import { useTranslation } from 'react-i18next';
import { ApiError, post } from '../../api/client.ts';
import { useForget } from '../../api/list.ts';
import { useTenantPath } from '../../api/session.ts';
import { Confirm } from '../../parts/dialogs/confirm.tsx';
import { FileNames } from './quarantine-restore.tsx';
import type { HeldFile } from './restore-order.ts';

interface DeleteProps {
  readonly entries: readonly HeldFile[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Delete 12 held files on 3 VMs? No copy remains. */
export function DeleteEntries({ entries, onClose, onDone }: DeleteProps) {
  const { t } = useTranslation();
  const path = useTenantPath();
  const forget = useForget();
  const vms = new Set(entries.map(({ vmId }) => vmId)).size;
  return (
    <Confirm
      title={t('deleteHeld.title', { count: entries.length })}
      consequence={t('deleteHeld.consequence', { vms: t('vms.count', { count: vms }) })}
      verb={t('deleteHeld.verb', { count: entries.length })}
      count={entries.length}
      onClose={onClose}
      onConfirm={async () => {
        const body = { entries: entries.map(({ vmId, entry }) => ({ vmId, entry })) };
        const { results } = await post<QuarantineResults>(path('/quarantine/delete'), body);
        forget('quarantine', 'detections', 'commands');
        const refused = results.find(({ error }) => error !== null)?.error;
        if (refused !== undefined && refused !== null) throw new ApiError(409, refused.code, refused.message);
        onDone();
      }}
    >
      <FileNames entries={entries} />
    </Confirm>
  );
}
