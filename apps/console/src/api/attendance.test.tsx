// SPDX-License-Identifier: Apache-2.0
import { UNATTENDED_HEADER } from '@lazaret/contract';
import { afterEach, expect, test, vi } from 'vitest';
import { ATTENDED_MS, watchAttendance } from './attendance.ts';
import { get } from './client.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('what the page asks by itself says so a minute after the last act of a person, and no longer when one acts again', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const said: (string | null)[] = [];
  vi.stubGlobal('fetch', (_url: string, { headers }: RequestInit) => {
    said.push(new Headers(headers).get(UNATTENDED_HEADER));
    return Promise.resolve(Response.json({}));
  });
  watchAttendance(window);
  const button = document.body.appendChild(document.createElement('button'));
  button.addEventListener('pointerdown', (event) => event.stopPropagation());
  for (const act of ['pointerdown', 'keydown', 'wheel']) {
    button.dispatchEvent(new Event(act, { bubbles: true }));
    await get('/session');
    vi.setSystemTime(Date.now() + ATTENDED_MS);
    await get('/session');
  }
  expect(said).toEqual([null, '1', null, '1', null, '1']);
});
