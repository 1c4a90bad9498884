// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isZone, parseDate, parseInstant } from './temporal.ts';

describe('the one door to Temporal', () => {
  it('no other module of core or contract names the global: a bundle can swap it here', () => {
    const packages = fileURLToPath(new URL('../../', import.meta.url));
    const sources = globSync('{core,contract}/src/**/*.ts', { cwd: packages });
    assert.ok(sources.length > 30);
    const named = sources.filter((path) => {
      // `temporal.ts` says it; comments and words such as "Temporal ends" may.
      if (path.includes('temporal.')) return false;
      return /\bTemporal\.[A-Z]|globalThis\.Temporal/.test(readFileSync(`${packages}${path}`, 'utf8'));
    });
    assert.deepEqual(named, []);
  });

  it('zones are IANA names and offsets, and nothing that only looks like one', () => {
    for (const zone of [
      'Europe/Berlin',
      'UTC',
      '+14:00',
      '-14:00',
      'Etc/GMT-14',
      'Asia/Kathmandu',
      'US/Eastern',
      '+01',
      '-0330',
    ])
      assert.ok(isZone(zone), zone);
    for (const text of [
      '',
      'Mars/Olympus',
      'Z',
      '+99:00',
      '2027-01-01T00:00:00Z',
      '2027-01-01T00:00[Europe/Berlin]',
      '[UTC]',
      '+02:00:00.5',
      '10:00Z',
      '10:00+01:00',
      'T00Z',
      '20270101T00Z',
      '20270101T0000[UTC]',
      '+002027-01-01T00Z',
    ])
      assert.equal(isZone(text), false, text);
  });

  it('dates and instants are whole and exist', () => {
    for (const text of ['2027-02-29', '2027-1-1', '20270101', '2027-01-01T00:00', '', '2027-13-01', '+002027-01-01'])
      assert.equal(parseDate(text), null, text);
    assert.equal(String(parseDate('2028-02-29')), '2028-02-29');
    for (const text of ['2027-01-01', '2027-01-01T00:00:00', 'now', '']) assert.equal(parseInstant(text), null, text);
    assert.equal(String(parseInstant('2027-01-01T00:00:00+01:00')), '2026-12-31T23:00:00Z');
  });
});
