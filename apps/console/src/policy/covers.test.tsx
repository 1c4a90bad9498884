// SPDX-License-Identifier: Apache-2.0
import { MantineProvider } from '@mantine/core';
import { defaultPolicy, type Policy } from '@lazaret/core';
import { cleanup, render } from '@testing-library/react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { setLanguage, startLanguages } from '../i18n/index.ts';
import { PolicyCovers } from './covers.tsx';

beforeAll(() => {
  startLanguages();
  setLanguage('en');
});
afterEach(cleanup);

function linesOf(policy: Policy): readonly (string | null)[] {
  const { container } = render(
    <MantineProvider>
      <PolicyCovers policy={policy} />
    </MantineProvider>,
  );
  return Array.from(container.querySelectorAll('p'), ({ textContent }) => textContent);
}

test('beside the choice stands what a policy covers and does: all, some places, or nothing', () => {
  const entries = ['/a', '/b', '/c', '/d', '/e'].map((path) => ({ path, subdirectories: true }));
  const { realtime, scheduled } = defaultPolicy;
  const policy: Policy = {
    ...defaultPolicy,
    realtime: { ...realtime, directories: { kind: 'list', entries }, action: { kind: 'custom', primary: 'deny' } },
    scheduled: { ...scheduled, enabled: false },
  };
  expect(linesOf(policy)).toEqual(['Real-time scan: /a, /b, /c, /d, …. Action: Deny access.', 'Scheduled scan: off.']);
  const all: Policy = { ...defaultPolicy, scheduled: { ...scheduled, enabled: true } };
  expect(linesOf(all).at(-1)).toBe('Scheduled scan: All directories. Action: Recommended setting (ActiveAction).');
});
