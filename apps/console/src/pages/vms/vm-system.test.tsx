// SPDX-License-Identifier: Apache-2.0
import { MantineProvider } from '@mantine/core';
import type { VmDetail } from '@lazaret/contract';
import { cleanup, render } from '@testing-library/react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { setLanguage, startLanguages } from '../../i18n/index.ts';
import { StandBy } from './vm-system.tsx';

beforeAll(startLanguages);
afterEach(cleanup);

function shown(language: 'en' | 'ja', knock: NonNullable<VmDetail['knock']>): string | null {
  setLanguage(language);
  const { container } = render(
    <MantineProvider>
      <StandBy knock={knock} />
    </MantineProvider>,
  );
  return container.querySelector('span')?.textContent ?? null;
}

test('SY-7b: the stand-by port listens, is off, or the program that has it is named', () => {
  const fault = { code: 'link.knock_port_taken', message: 'Port 4118 is taken by nginx (pid 812).' };
  expect(shown('en', { port: 4118, state: 'listening', fault: null })).toBe('4118/tcp – listening');
  expect(shown('en', { port: null, state: 'off', fault: null })).toBe('off');
  expect(shown('en', { port: null, state: 'taken', fault })).toBe(fault.message);
  expect(shown('ja', { port: null, state: 'taken', fault })).toMatch(/[ぁ-ん]/);
});
