// SPDX-License-Identifier: Apache-2.0
// The words for each hop. That the right hop is named: manager-route.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOCK_WARNING_MS } from '@lazaret/contract';
import {
  answers,
  cannotConnect,
  clockDiffers,
  codeOf,
  doesNotSpeak,
  isManager,
  isSilent,
  isSomebodyElse,
  nameIs,
  nameLeadsNowhere,
  placeOf,
  type RouteStep,
} from './route-steps.ts';

const PLACE = '10.0.0.1:4120';

test('SY-9a: a hop that is good is named with its place, and there is nothing to do', () => {
  const good: readonly (readonly [RouteStep, RouteStep['step'], string])[] = [
    [nameIs(PLACE, 'manager', ['10.0.0.1', 'fd00::1']), 'name', 'manager is 10.0.0.1, fd00::1.'],
    [answers(PLACE), 'route', '10.0.0.1:4120 answers.'],
    [isManager(PLACE), 'tls', 'It is the manager of this VM.'],
    [clockDiffers(PLACE, 0), 'clock', 'The clock agrees with the manager’s.'],
  ];
  for (const [said, step, message] of good)
    assert.deepEqual(said, { step, ok: true, place: PLACE, message, whatToDo: null });
});

test('SY-9a: a hop that fails is named with its place, what the system said, and what to do', () => {
  const bad: readonly (readonly [RouteStep, RouteStep['step'], string, RegExp])[] = [
    [
      nameLeadsNowhere(PLACE, 'manager', 'ENOTFOUND'),
      'name',
      'The host name manager cannot be resolved (ENOTFOUND).',
      /hosts\.$/,
    ],
    [isSilent(PLACE), 'route', '10.0.0.1:4120 does not answer within 5 s.', /firewall/],
    [
      cannotConnect(PLACE, 'ECONNREFUSED'),
      'route',
      'The machine at 10.0.0.1:4120 answers, but nothing listens on this port.',
      /Check that the manager is running/,
    ],
    ...['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL'].map(
      (code) =>
        [
          cannotConnect(PLACE, code),
          'route',
          `This machine has no route to 10.0.0.1:4120 (${code}).`,
          /`ip route`/,
        ] as const,
    ),
    [cannotConnect(PLACE, 'EPERM'), 'route', '10.0.0.1:4120 cannot be reached (EPERM).', /network between/],
    [doesNotSpeak(PLACE), 'tls', '10.0.0.1:4120 accepts connections, but does not answer.', /port for agents/],
    [
      isSomebodyElse(PLACE, 'CERT_HAS_EXPIRED'),
      'tls',
      'The server at 10.0.0.1:4120 is not the manager of this VM (CERT_HAS_EXPIRED).',
      /proxy/,
    ],
  ];
  for (const [said, step, message, todo] of bad) {
    const { whatToDo, ...rest } = said;
    assert.deepEqual(rest, { step, ok: false, place: PLACE, message });
    assert.match(whatToDo ?? '', todo);
  }
});

test('SY-6a: a clock that differs by more than is warned of is said, in whole seconds, with its direction', () => {
  const rows: readonly (readonly [number, string | null])[] = [
    [CLOCK_WARNING_MS, null],
    [-CLOCK_WARNING_MS, null],
    [CLOCK_WARNING_MS + 1, '60 s ahead of'],
    [-CLOCK_WARNING_MS - 1, '60 s behind'],
    [90_400, '90 s ahead of'],
    [-90_600, '91 s behind'],
  ];
  for (const [differenceMs, told] of rows) {
    const { ok, message, step, whatToDo } = clockDiffers(PLACE, differenceMs);
    assert.deepEqual([ok, step], [told === null, 'clock']);
    if (told !== null) {
      assert.equal(message, `The clock of this VM is ${told} the manager's.`);
      assert.match(whatToDo ?? '', /NTP/);
    }
  }
});

test('an address of IPv6 stands in brackets; a failure is told by its code, and without one as it is', () => {
  assert.deepEqual([placeOf('10.0.0.1', 1), placeOf('fd00::1', 1)], ['10.0.0.1:1', '[fd00::1]:1']);
  const coded = Object.assign(new Error('no'), { code: 'EACCES' });
  assert.deepEqual([coded, new Error('no'), { code: 'x' }].map(codeOf), ['EACCES', 'Error: no', '[object Object]']);
});
