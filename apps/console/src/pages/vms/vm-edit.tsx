// SPDX-License-Identifier: Apache-2.0
// Name, policy, group of a VM.
import type { Vm } from '@lazaret/contract';
import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patch } from '../../api/client.ts';
import { useForget } from '../../api/list.ts';
import { useTenantPath } from '../../api/session.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { useSubmit } from '../../parts/form.ts';
import { ErrorNote } from '../../parts/notes.tsx';
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
  const submit = useSubmit(async () => {
    await patch(path(`/vms/${vm.id}`), { name, groupId, ...(policyId === null ? {} : { policyId }) });
    forget('vms', 'policies');
    onClose();
  });
  return (
    <Dialog title={t('vm.edit')} opened onClose={onClose}>
      <form onSubmit={submit.onSubmit}>
        <Stack gap="md">
          <TextInput
            label={t('vms.name')}
            required
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label={t('vms.policy')}
            description={t('vm.policyAdvice')}
            data={policies}
            value={policyId}
            onChange={setPolicy}
          />
          <Select label={t('vm.group')} clearable data={groups} value={groupId} onChange={setGroup} />
          {submit.error !== null && <ErrorNote error={submit.error} />}
          <Group justify="flex-end">
            <Button variant="outline" color="neutral" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={submit.busy}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
