// SPDX-License-Identifier: Apache-2.0
// The frame of a page: its one heading, which has the focus after a change of page, and its actions.
import { Group, Stack, Title } from '@mantine/core';
import { hostileToText } from './text/hostile.ts';
import { type ReactNode, useEffect, useRef } from 'react';

interface PageProps {
  readonly title: ReactNode;
  /** For the browser's tab, where the heading is more than text. */
  readonly name?: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function Page({ title, name, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const tab = name ?? (typeof title === 'string' ? title : 'Lazaret');
  useEffect(() => {
    document.title = `${hostileToText(tab)} – Lazaret`;
  }, [tab]);
  useEffect(() => {
    // A new page is announced by its heading; a person who already is in it is left alone.
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <Stack gap="lg">
      <Group justify="space-between" gap="sm">
        <Title order={1} ref={heading} tabIndex={-1} style={{ outline: 'none', minWidth: 0, overflowWrap: 'anywhere' }}>
          {title}
        </Title>
        {actions !== undefined && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
