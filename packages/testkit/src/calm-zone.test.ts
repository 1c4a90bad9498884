// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { calmZone, timeThere } from './calm-zone.ts';

const MINUTE_MS = 60_000;

test('at each minute of a day, in winter and in summer, there is a zone in which no nightly scan and no hourly update comes soon', () => {
  for (const day of ['2026-12-31T00:00:00Z', '2027-06-30T00:00:00Z'])
    for (let at = 0; at < 24 * 60; at++) {
      const nowMs = Date.parse(day) + at * MINUTE_MS;
      const zone = calmZone(nowMs);
      const [now, later] = [timeThere(zone, nowMs), timeThere(zone, nowMs + 20 * MINUTE_MS)];
      const said = JSON.stringify({ at, zone, now, later });
      assert.ok(now.hour > 3 && later.hour > 3, said);
      // Minute 23 does not lie between.
      assert.ok(now.minute > 23 ? later.minute !== 23 : later.minute < 23, said);
    }
});
