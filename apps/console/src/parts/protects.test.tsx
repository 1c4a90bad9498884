// SPDX-License-Identifier: Apache-2.0
import { MantineProvider } from '@mantine/core';
import { PROTECTION_STATES, type ScanScope, type Vm } from '@lazaret/contract';
import { cleanup, render } from '@testing-library/react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { setLanguage, startLanguages } from '../i18n/index.ts';
import { toneOf } from '../state/words.ts';
import { WhatProtects } from './protects.tsx';

beforeAll(() => startLanguages());
afterEach(cleanup);

const EVERYWHERE: ScanScope = { directories: 'all', paths: [], morePaths: 0, files: 'all', exceptions: 0 };
const ONE: ScanScope = { ...EVERYWHERE, directories: 'list', paths: ['/srv/demo\u{202e}'], files: 'extensions' };
const PATTERNS: Vm['patterns'] = { release: 'a', since: '2026-11-25T02:00:00Z', signatures: 8_712, starterOnly: false };

function shown(vm: Pick<Vm, 'protects' | 'patterns'>): string {
  const { container, unmount } = render(
    <MantineProvider>
      <WhatProtects vm={{ ...vm, system: { zone: null } } as Vm} />
    </MantineProvider>,
  );
  const text = container.textContent;
  unmount();
  return text;
}

test('what protects is said in both languages: one folder is one folder, what is off is off, and patterns have a number', () => {
  for (const [language, words] of [
    ['en', [/1 directory \(some extensions\)/, /Scheduledoff/, /8,712 signatures/, /all directories/, /does not know/]],
    ['ja', [/1ディレクトリ/, /予約オフ/, /8,712件/, /すべてのディレクトリ/, /ポリシーが適用/]],
  ] as const) {
    setLanguage(language);
    const [folder, off, counted, all, unknown] = words;
    const narrow = shown({ protects: { realtime: ONE, scheduled: null }, patterns: PATTERNS });
    for (const word of [folder, off, counted]) expect(narrow).toMatch(word);
    expect(narrow).toContain('/srv/demo\\u{202e}');
    expect(narrow).not.toMatch(all);
    expect(shown({ protects: { realtime: EVERYWHERE, scheduled: EVERYWHERE }, patterns: PATTERNS })).toMatch(all);
    expect(shown({ protects: null, patterns: PATTERNS })).toMatch(unknown);
  }
});

test('green is for full patterns alone; the starter set is amber, and what the policy switched off is no red', () => {
  const tones = Object.fromEntries(PROTECTION_STATES.map((state) => [state, toneOf('protection', state)]));
  expect(PROTECTION_STATES.filter((state) => tones[state] === 'ok')).toEqual(['protected']);
  expect([tones['starter-only'], tones['off-by-policy'], tones['off']]).toEqual(['watch', 'neutral', 'bad']);
});
