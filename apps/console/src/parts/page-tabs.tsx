// SPDX-License-Identifier: Apache-2.0
// The parts of a page by tab. The address holds the tab, so that reload, Back and a link find it; the first one stands there without a name.
import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFilter } from '../app/filter.ts';

interface PageTabsProps<Tab extends string> {
  readonly tabs: readonly [Tab, ...Tab[]];
  readonly word: (tab: Tab) => string;
  /** Only the open tab is made. */
  readonly children: (tab: Tab) => ReactNode;
}

export function PageTabs<Tab extends string>({ tabs, word, children }: PageTabsProps<Tab>) {
  const [search, change] = useFilter();
  const [first] = tabs;
  const open = tabs.find((name) => name === search['tab']) ?? first;
  return (
    <Tabs
      value={open}
      onChange={(next) => change({ tab: next === first ? undefined : (next ?? undefined) })}
      keepMounted={false}
    >
      <Tabs.List>
        {tabs.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {word(name)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={open} pt="lg">
        {children(open)}
      </Tabs.Panel>
    </Tabs>
  );
}
