// SPDX-License-Identifier: Apache-2.0
// The frame of pages before sign-in.
import { Container, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Logo } from '../parts/icons.tsx';
import { LanguageButton, SchemeButton } from './shell.tsx';

export function Front({ children }: { readonly children: ReactNode }) {
  return (
    <Container size={480} py="xl">
      <Stack gap="xl">
        <Group justify="space-between" component="header">
          <Group gap="sm">
            <Logo size={36} />
            <Text fw={600} size="lg">
              Lazaret
            </Text>
          </Group>
          <Group gap="xs">
            <LanguageButton />
            <SchemeButton />
          </Group>
        </Group>
        <main>{children}</main>
      </Stack>
    </Container>
  );
}
