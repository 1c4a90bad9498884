// SPDX-License-Identifier: Apache-2.0
import { type TenantRole, TENANT_ROLES } from '@lazaret/contract';
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface RoleSelectProps {
  readonly value: TenantRole;
  readonly onChange: (role: TenantRole) => void;
}

/** A role, and what it may do. */
export function RoleSelect({ value, onChange }: RoleSelectProps) {
  const { t } = useTranslation();
  return (
    <Select
      label={t('users.role')}
      description={t(`roleMeans.${value}`)}
      data={TENANT_ROLES.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
      allowDeselect={false}
      value={value}
      onChange={(role) => onChange(role ?? value)}
    />
  );
}
