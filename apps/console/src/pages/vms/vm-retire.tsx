// SPDX-License-Identifier: Apache-2.0
import type { Named } from '@lazaret/contract';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { useForget } from '../../api/list.ts';
import { useTenantPath } from '../../api/session.ts';
import { Confirm } from '../../parts/dialogs/confirm.tsx';

interface RetireProps {
  readonly vms: readonly Named[];
  readonly held?: number;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Retire db-01? The manager no longer manages it; 4 held files stay. */
export function RetireVms({ vms, held, onClose, onDone }: RetireProps) {
  const { t } = useTranslation();
  const path = useTenantPath();
  const forget = useForget();
  const name = vms.length === 1 ? (vms[0]?.name ?? '') : t('vms.count', { count: vms.length });
  return (
    <Confirm
      title={t('retire.title', { name })}
      consequence={held === undefined ? t('retire.consequence') : t('retire.consequenceHeld', { count: held })}
      verb={vms.length === 1 ? t('retire.verb') : t('retire.verbMany', { count: vms.length })}
      count={vms.length}
      onClose={onClose}
      onConfirm={async () => {
        for (const { id } of vms) await post(path(`/vms/${id}/retire`));
        forget('vms', 'overview', 'alarms');
        onDone();
      }}
    />
  );
}
