// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { en } from '../i18n/en/index.ts';
import { ja } from '../i18n/ja/index.ts';
import { SUBJECTS, statesOf, toneOf, TONE_ORDER, weightOf, worstTone } from './words.ts';

describe('MG-5a: one function gives state its tone', () => {
  test('every state of every subject has a tone, and a word in both languages', () => {
    for (const subject of SUBJECTS)
      for (const state of statesOf(subject)) {
        expect(TONE_ORDER, `${subject} ${state}`).toContain(toneOf(subject, state));
        for (const catalogue of [en, ja]) {
          const words = catalogue.state[subject] as Readonly<Record<string, string>>;
          expect(words[state], `${subject} ${state}`).toBeTruthy();
        }
      }
  });

  test('unknown is never green, and offline is never fine', () => {
    expect(toneOf('link', 'unknown')).toBe('partial');
    expect(toneOf('protection', 'unknown')).toBe('partial');
    expect(toneOf('settings', 'unknown')).toBe('partial');
    expect(toneOf('verdict', 'partly')).toBe('partial');
    expect(toneOf('link', 'offline')).toBe('bad');
    expect(toneOf('protection', 'not-protected-yet')).toBe('bad');
  });

  test('off by schedule is no alarm', () => {
    expect(toneOf('protection', 'off-by-schedule')).toBe('neutral');
  });

  test('filled = act, tinted = watch, outline = fine', () => {
    expect(['bad', 'watch', 'partial', 'running', 'neutral', 'ok'].map((tone) => weightOf(tone as 'bad'))).toEqual([
      'filled',
      'tinted',
      'tinted',
      'tinted',
      'outline',
      'outline',
    ]);
    expect(worstTone(['ok', 'running', 'bad', 'watch'])).toBe('bad');
    expect(worstTone([])).toBe('neutral');
  });
});
