// SPDX-License-Identifier: Apache-2.0
import { Kbd, Stack, Switch, Table } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../parts/dialogs/dialog.tsx';
import { lettersAreOn, setLetters } from './shortcuts.ts';

const KEYS = ['Ctrl+K', '/', 'j', 'k', 'x', 'Enter', '?'] as const;

export function HelpDialog({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const [letters, setOn] = useState(lettersAreOn);
  return (
    <Dialog title={t('help.title')} opened={opened} onClose={onClose}>
      <Stack gap="md">
        <Table>
          <Table.Tbody>
            {KEYS.map((key) => (
              <Table.Tr key={key}>
                <Table.Th scope="row" w={100}>
                  <Kbd>{key}</Kbd>
                </Table.Th>
                <Table.Td>{t(`help.keys.${key}`)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Switch
          label={t('help.letters')}
          checked={letters}
          onChange={(event) => {
            setLetters(event.currentTarget.checked);
            setOn(event.currentTarget.checked);
          }}
        />
      </Stack>
    </Dialog>
  );
}
