// SPDX-License-Identifier: Apache-2.0
import { MantineProvider } from '@mantine/core';
import { NOT_COVERED_WHYS, REALTIME_WHYS, REALTIME_STATES, type Vm, type VmDetail } from '@lazaret/contract';
import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { setLanguage, startLanguages } from '../../i18n/index.ts';
import { ProtectionMark } from '../../parts/protection.tsx';
import { toneOf } from '../../state/words.ts';
import { VmRealtime } from './vm-realtime.tsx';

beforeAll(() => {
  startLanguages();
  setLanguage('en');
});
afterEach(cleanup);

const COUNTS = {
  opens: 1_204_331,
  cacheHits: 1_190_004,
  ignoreMarks: 8_120,
  scans: 14_327,
  detections: 2,
  refused: 9,
  letThrough: 3,
  overload: 1,
  waiting: 0,
};
type Told = Pick<VmDetail, 'realtime' | 'mounts'>;
const mount = (path: string, why: VmDetail['mounts'][number]['why'], detail: string | null = null) => ({
  path,
  fileSystemType: 'ext4',
  covered: why === null,
  why,
  detail,
});
const TOLD: Told = {
  realtime: { state: 'on', why: null, detail: null, moreWatching: 0, moreNotCovered: 0, counts: COUNTS },
  mounts: [mount('/', null)],
};

function show(told: Told): void {
  const vm = { ...told, link: { state: 'online', lastSeenAt: '2026-11-25T02:00:00.000Z' } } as unknown as VmDetail;
  render(
    <MantineProvider env="test">
      <VmRealtime vm={vm} />
    </MantineProvider>,
  );
}

test('what the gate counted is shown as it was told, with where it is watched', () => {
  show(TOLD);
  for (const text of [
    '1,204,331',
    '1,190,004',
    '8,120',
    '14,327',
    'Let through unscanned',
    'Overload',
    'Refused opens',
  ])
    screen.getByText(text);
  within(screen.getByRole('region', { name: 'Watched' })).getByText('/');
  screen.getByText('Every local file system is covered.');
});

test('what is not covered says its place, its file system and why; what is not told one by one is counted', () => {
  const why = NOT_COVERED_WHYS.map((each, index) =>
    mount(`/m${index}\u{202e}`, each, each === 'kernel' ? 'EXDEV' : null),
  );
  show({ realtime: { ...at(TOLD), moreNotCovered: 12 }, mounts: why });
  const region = screen.getByRole('region', { name: 'Not covered' });
  expect(within(region).getAllByRole('row')).toHaveLength(NOT_COVERED_WHYS.length + 1);
  within(region).getByText('Network drive: never scanned.');
  within(region).getByText('EXDEV');
  within(region).getByText('and 12 more');
  expect(region.textContent).not.toContain('\u{202e}');
  screen.getByText('Nothing is watched now.');
});

test('no gate, or no word of the agent, is said and never taken for zero', () => {
  show({ ...TOLD, realtime: { ...at(TOLD), state: 'degraded', why: 'gate-down', counts: null } });
  screen.getByText('The gate does not answer, so there are no counts.');
  screen.getByText(/The gate does not start/);
  cleanup();
  show({ realtime: null, mounts: [] });
  screen.getByText('The agent has not reported on real-time scan yet.');
});

test('only "on" is fine; off by policy or schedule is neutral, whatever else does not run is not', () => {
  const fine = REALTIME_STATES.filter((state) => ['ok', 'neutral'].includes(toneOf('realtime', state)));
  expect(fine).toEqual(['on', 'off', 'off-by-schedule']);
});

test('a VM whose real-time does not run says so and why, where the list and the detail show its protection', () => {
  for (const language of ['en', 'ja'] as const) {
    setLanguage(language);
    for (const why of REALTIME_WHYS) {
      const protection: Vm['protection'] = { state: 'degraded', why: `realtime.${why}` };
      const { container, unmount } = render(<ProtectionMark protection={protection} />);
      const mark = container.firstElementChild as HTMLElement;
      expect(mark.textContent).not.toMatch(/^(protected|保護中)$/);
      expect(mark.textContent).toMatch(why === 'notify-only' ? /notify only|通知のみ/ : /^(degraded|機能制限)$/);
      expect(mark.title).not.toContain('realtime.');
      expect(mark.title.length).toBeGreaterThan(15);
      unmount();
    }
  }
  setLanguage('en');
});

function at({ realtime }: Told): NonNullable<VmDetail['realtime']> {
  if (realtime === null) throw new Error('no real-time here');
  return realtime;
}
