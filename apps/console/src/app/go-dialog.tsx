// SPDX-License-Identifier: Apache-2.0
// Ctrl+K: to a page, a VM by name, a file by path, content by its SHA-256.
import { Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { VmPage } from '@lazaret/contract';
import { useOne } from '../api/list.ts';
import { useTenantId, useTenantPath } from '../api/session.ts';
import { Dialog } from '../parts/dialogs/dialog.tsx';
import { MenuLink } from './links.tsx';
import { DESTINATIONS } from './navigation.tsx';
import { Name } from '../parts/text/name.tsx';

interface GoProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function GoDialog({ opened, onClose }: GoProps) {
  const { t } = useTranslation();
  return (
    <Dialog title={t('go.title')} opened={opened} onClose={onClose}>
      <GoSearch onClose={onClose} />
    </Dialog>
  );
}

function GoSearch({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenantId();
  const path = useTenantPath();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [wanted] = useDebouncedValue(text.trim(), 200);
  const vms = useOne<VmPage>('vms', path('/vms'), { q: wanted, limit: 6 }, wanted !== '');
  const pages = DESTINATIONS.filter(({ word }) => t(`nav.${word}`).toLowerCase().includes(text.trim().toLowerCase()));
  const isHash = /^[0-9a-f]{64}$/i.test(wanted);
  const submit = (): void => {
    const first = pages.at(0);
    const vm = vms.data?.items.at(0);
    if (isHash) void navigate({ to: '/t/$tenant/hashes/$sha256', params: { tenant, sha256: wanted.toLowerCase() } });
    else if (vm !== undefined) void navigate({ to: '/t/$tenant/vms/$id', params: { tenant, id: vm.id } });
    else if (first !== undefined) void navigate({ to: first.to, params: { tenant } });
    else void navigate({ to: '/t/$tenant/detections', params: { tenant }, search: { q: wanted } as never });
    onClose();
  };
  return (
    <Stack gap="sm">
      <TextInput
        label={t('go.label')}
        data-autofocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) submit();
        }}
      />
      <Stack gap={0} component="nav" aria-label={t('go.results')}>
        {isHash && (
          <MenuLink
            to="/t/$tenant/hashes/$sha256"
            params={{ tenant, sha256: wanted.toLowerCase() }}
            label={t('go.hash')}
            onClick={onClose}
          />
        )}
        {(vms.data?.items ?? []).map((vm) => (
          <MenuLink
            key={vm.id}
            to="/t/$tenant/vms/$id"
            params={{ tenant, id: vm.id }}
            label={<Name text={vm.name} />}
            description={t('nav.vms')}
            onClick={onClose}
          />
        ))}
        {wanted !== '' && !isHash && (
          <MenuLink
            to="/t/$tenant/detections"
            params={{ tenant }}
            search={{ q: wanted } as never}
            label={t('go.detections', { text: wanted })}
            onClick={onClose}
          />
        )}
        {pages.map(({ to, word }) => (
          <MenuLink key={word} to={to} params={{ tenant }} label={t(`nav.${word}`)} onClick={onClose} />
        ))}
      </Stack>
    </Stack>
  );
}
