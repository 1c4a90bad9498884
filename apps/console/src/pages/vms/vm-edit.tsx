// SPDX-License-Identifier: Apache-2.0
// Name, policy, group of a VM.
import type { Vm } from '@lazaret/contract';
import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patch } from '../../api/client.ts';
import { useForget } from '../../api/list.ts';
import { useTenantPath } from '../../api/session.ts';
import { FormDialog } from '../../parts/dialogs/form-dialog.tsx';
import { useGroupChoices, usePolicyChoices } from '../choices.ts';

export function EditVm({ vm, onClose }: { readonly vm: Vm; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const path = useTenantPath();
  const forget = useForget();
  const policies = usePolicyChoices();
  const groups = useGroupChoices();
  const [name, setName] = useState(vm.name);
  const [policyId, setPolicy] = useState(vm.settings.desired?.policyId ?? null);
  const [groupId, setGroup] = useState(vm.group?.id ?? null);
  const save = async (): Promise<void> => {
    await patch(path(`/vms/${vm.id}`), { name, groupId, ...(policyId === null ? {} : { policyId }) });
    forget('vms', 'policies');
  };
  return (
    <FormDialog title={t('vm.edit')} verb={t('common.save')} work={save} onCancel={onClose} onClose={onClose}>
      <TextInput label={t('vms.name')} required value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Select
        label={t('vms.policy')}
        description={t('vm.policyAdvice')}
        data={policies}
        value={policyId}
        onChange={setPolicy}
      />
      <Select label={t('vm.group')} clearable data={groups} value={groupId} onChange={setGroup} />
    </FormDialog>
  );
}
