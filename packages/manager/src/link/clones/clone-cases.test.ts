// SPDX-License-Identifier: Apache-2.0
// Single decisions about the holder of a key, at their edges; how they go together is shown in clone.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Holder, ShownMark } from '@lazaret/contract';
import {
  type Call,
  decideHolder,
  decideSuperseded,
  DOUBT_MS,
  doubtLeftMs,
  type HolderState,
  isEntrusted,
  isLetIn,
  isSettled,
  SETTLED_MS,
} from './clone.ts';

const [SECOND, MINUTE, DAY] = [1_000, 60_000, 86_400_000];
const NOW = Date.parse('2026-11-30T10:00:00Z');

const holder = (instance: string, ids: Partial<Holder> = {}): Holder => ({
  instance,
  bootId: `boot of ${instance}`,
  machineId: null,
  hardwareId: null,
  ...ids,
});
const stateOf = (instance: string, fields: Partial<HolderState> = {}): HolderState => ({
  ...holder(instance),
  earlier: [],
  clones: {},
  ...fields,
});
/** From one mark to the next; `by`: whose lot the first is. */
const step = (count: number, by = ''): ShownMark => ({
  from: { count, lot: `${by}${count}` },
  to: { count: count + 1, lot: `${by}${count + 1}` },
});
const markAt = (count: number, saidAtMs: number, by = '') => ({ now: { count, lot: `${by}${count}` }, saidAtMs });
const callOf = (caller: Holder, fields: Partial<Call> = {}): Call => ({
  caller,
  mark: null,
  saidAtMs: NOW,
  nowMs: NOW,
  seenAtMs: NOW,
  ...fields,
});

/** B holds since `sinceMs` ago, in doubt for `doubtMs`, after A. */
const followed = (agoMs: number, fields: Partial<HolderState> = {}): HolderState =>
  stateOf('b', {
    earlier: ['a'],
    sinceMs: NOW - agoMs,
    heldSinceMs: NOW - agoMs,
    followedAtMs: NOW - agoMs,
    doubtMs: DOUBT_MS,
    settled: 'a',
    ...fields,
  });

test('SY-10b: a start follows the one before, in doubt for ten seconds where its mark goes on and somebody may live', () => {
  const before = stateOf('a', { mark: markAt(5, NOW - MINUTE) });
  const mark = step(5);
  assert.deepEqual(decideHolder(before, callOf(holder('b'), { mark })), {
    kind: 'holder',
    isBack: false,
    isInDoubt: true,
    callAgainMs: 0,
    next: {
      ...holder('b'),
      earlier: ['a'],
      clones: {},
      settled: 'a',
      mark: { now: mark.to, saidAtMs: NOW },
      sinceMs: NOW,
      heldSinceMs: NOW,
      followedAtMs: NOW,
      doubtMs: 10 * SECOND,
    },
  });
});

test('SY-10b: nobody need be waited for who stopped in order, or was not heard of for three minutes', () => {
  const doubtOf = (before: HolderState, fields: Partial<Call> = {}) => {
    const decision = decideHolder(before, callOf(holder('b'), { mark: step(5), ...fields }));
    return [decision.kind === 'holder' && decision.isInDoubt, decision.next.doubtMs];
  };
  const before = stateOf('a', { mark: markAt(5, NOW - MINUTE) });
  assert.deepEqual(doubtOf({ ...before, gone: 'a' }), [false, 0]);
  assert.deepEqual(doubtOf({ ...before, gone: 'another' }), [true, DOUBT_MS]);
  assert.deepEqual(doubtOf(before, { seenAtMs: NOW - SETTLED_MS }), [false, 0]);
  assert.deepEqual(doubtOf(before, { seenAtMs: NOW - SETTLED_MS + 1 }), [true, DOUBT_MS]);
  // An old state, or one without a mark, is in doubt for as long as it takes to settle, whoever stopped.
  for (const mark of [step(4, 'other'), step(9), null])
    assert.deepEqual(doubtOf({ ...before, gone: 'a' }, { mark }), [true, SETTLED_MS]);
});

test('SY-10b: the state that is pushed aside by another one is remembered, with who showed it', () => {
  const former = markAt(5, NOW - MINUTE);
  const before = stateOf('a', { mark: former });
  const displacedBy = (mark: ShownMark | null) => decideHolder(before, callOf(holder('b'), { mark })).next.displaced;
  assert.deepEqual(displacedBy(step(2)), { mark: former, instance: 'a', atMs: NOW });
  assert.deepEqual(displacedBy(null), { mark: former, instance: 'a', atMs: NOW });
  assert.equal(displacedBy(step(5)), undefined, 'it goes on from there');
  const without = decideHolder(stateOf('a'), callOf(holder('b'), { mark: step(2) })).next;
  assert.deepEqual([without.displaced, without.mark?.now], [undefined, step(2).to]);
});

test('SY-10b: what was ordered since the settled one was followed may have gone to a copy: that moment stays', () => {
  const restart = (before: HolderState) => decideHolder(before, callOf(holder('c'))).next.followedAtMs;
  assert.equal(restart(followed(MINUTE)), NOW - MINUTE, 'b never settled');
  assert.equal(restart(followed(SETTLED_MS)), NOW, 'b had settled');
  const { followedAtMs: _, ...unknown } = followed(MINUTE);
  assert.equal(restart(unknown), NOW);
});

test('SY-10b: who was followed and comes back proves that it lives: all that came after it are copies', () => {
  const state = stateOf('d', {
    earlier: ['a', 'b', 'c'],
    clones: { x: 'vm of x' },
    sinceMs: NOW - MINUTE - 1,
    heldSinceMs: NOW - MINUTE - 1,
    settled: 'a',
    doubtMs: DOUBT_MS,
    displaced: { mark: markAt(9, 0), instance: 'a', atMs: NOW - MINUTE },
  });
  const decision = decideHolder(state, callOf(holder('b'), { mark: step(3) }));
  assert.deepEqual(decision, {
    kind: 'holder',
    isBack: true,
    isInDoubt: false,
    callAgainMs: 0,
    next: {
      ...holder('b'),
      earlier: ['a'],
      clones: { x: 'vm of x', c: null, d: null },
      sinceMs: NOW,
      heldSinceMs: NOW,
      settled: 'b',
      doubtMs: 0,
      mark: { now: step(3).to, saidAtMs: NOW },
    },
  });
  const first = decideHolder(state, callOf(holder('a')));
  assert.deepEqual([first.next.earlier, Object.keys(first.next.clones)], [[], ['x', 'b', 'c', 'd']]);
});

test('SY-10b: the settled one comes back also where it is not among those remembered', () => {
  const state = followed(2 * MINUTE, { earlier: ['z'], settled: 'a' });
  const decision = decideHolder(state, callOf(holder('a')));
  assert.equal(decision.kind === 'holder' && decision.isBack, true);
  assert.deepEqual(decision.next.earlier, []);
  assert.deepEqual(Object.keys(decision.next.clones), ['z', 'b']);
});

test('SY-10b: what it may have said before it was followed proves nothing; it is answered when it would, and the doubt lasts', () => {
  const back = (heldForMs: number, saidBeforeMs: number, fields: Partial<HolderState> = {}) => {
    const state = followed(heldForMs, fields);
    return decideHolder(state, callOf(holder('a'), { saidAtMs: (state.sinceMs ?? 0) - saidBeforeMs }));
  };
  const callAgain = (...asked: Parameters<typeof back>) => {
    const decision = back(...asked);
    return decision.kind === 'holder' ? [decision.isBack, decision.callAgainMs, decision.next.doubtMs] : [];
  };
  assert.deepEqual(callAgain(5 * SECOND, 0), [false, 1, MINUTE + DOUBT_MS], 'said in the very moment');
  assert.deepEqual(callAgain(5 * SECOND, -1), [true, 0, 0], 'said a moment after');
  assert.deepEqual(callAgain(5 * SECOND, 3 * SECOND), [false, 3 * SECOND + 1, MINUTE + DOUBT_MS]);
  assert.deepEqual(callAgain(5 * SECOND, DAY), [false, 55 * SECOND, MINUTE + DOUBT_MS], 'a minute is the most');
  assert.deepEqual(callAgain(MINUTE, DAY), [true, 0, 0]);
  assert.deepEqual(callAgain(MINUTE - 1, DAY, { doubtMs: SETTLED_MS }), [false, 1, SETTLED_MS], 'never shortened');
  // The other one is entrusted already: the doubt about it does not come back.
  assert.deepEqual(callAgain(30 * SECOND, DAY, { doubtMs: DOUBT_MS }), [false, 0, DOUBT_MS]);
  assert.deepEqual(callAgain(30 * SECOND, DAY, { doubtMs: 0 }), [false, 0, 0]);
  const undated = stateOf('b', { earlier: ['a'], settled: 'a' });
  const decision = decideHolder(undated, callOf(holder('a')));
  assert.equal(decision.kind === 'holder' && decision.isBack, true);
});

test('SY-10b: a copy is known at each further call, and another machine at its first word', () => {
  const state = stateOf('a', { clones: { x: null }, machineId: 'm', hardwareId: 'h' });
  const known = decideHolder(state, callOf(holder('x')));
  assert.deepEqual([known.kind, known.next.clones], ['clone', { x: null }]);
  const kindOf = (ids: Partial<Holder>, of: HolderState = state): string =>
    decideHolder(of, callOf(holder('b', ids))).kind;
  assert.equal(kindOf({ machineId: 'm', hardwareId: 'h' }), 'holder');
  assert.equal(kindOf({}), 'holder', 'a machine that does not tell');
  assert.equal(kindOf({ machineId: 'other', hardwareId: 'h' }), 'clone');
  assert.equal(kindOf({ machineId: 'm', hardwareId: 'other' }), 'clone');
  assert.equal(kindOf({ machineId: 'm', hardwareId: 'h' }, stateOf('a')), 'holder', 'nothing is known of the first');
  const other = decideHolder(state, callOf(holder('b', { machineId: 'other' })));
  assert.deepEqual(other.next, { ...state, settled: 'a', clones: { x: null, b: null } });
});

test('of copies and of starts so many are remembered, the latest', () => {
  const clones = Object.fromEntries(Array.from({ length: 256 }, (_, at) => [`x${at}`, null]));
  const state = stateOf('a', { clones, machineId: 'm' });
  const { next } = decideHolder(state, callOf(holder('b', { machineId: 'other' })));
  const names = Object.keys(next.clones);
  assert.deepEqual([names.length, names[0], names.at(-1)], [256, 'x1', 'b']);
  const earlier = Array.from({ length: 16 }, (_, at) => `e${at}`);
  const followedOften = stateOf('a', { earlier, heldSinceMs: NOW - SETTLED_MS, settled: 'e15' });
  const started = decideHolder(followedOften, callOf(holder('b')));
  assert.deepEqual(
    [started.next.earlier.length, started.next.earlier[0], started.next.earlier.at(-1)],
    [16, 'e1', 'a'],
  );
});

test('SY-10b: more starts than are remembered, of which none stayed, push nobody out: the next waits', () => {
  const restless = (count: number, fields: Partial<HolderState> = {}): HolderState =>
    stateOf('last', {
      earlier: ['settled', ...Array.from({ length: count }, (_, at) => `e${at}`)],
      settled: 'settled',
      heldSinceMs: NOW - MINUTE,
      sinceMs: NOW - MINUTE,
      ...fields,
    });
  const followsIn = (state: HolderState): boolean => decideHolder(state, callOf(holder('new'))).next.instance === 'new';
  assert.equal(followsIn(restless(14)), true);
  assert.equal(followsIn(restless(15)), false);
  const waits = decideHolder(restless(15), callOf(holder('new')));
  assert.deepEqual(waits, { kind: 'holder', next: restless(15), isBack: false, isInDoubt: false, callAgainMs: 0 });
  assert.equal(followsIn(restless(15, { heldSinceMs: NOW - SETTLED_MS })), true, 'the present one has stayed');
  const { settled: _, ...never } = restless(13);
  assert.equal(followsIn(never), true);
  const { settled: __, ...neverOf15 } = restless(14);
  assert.equal(followsIn(neverOf15), false, 'nobody ever settled');
});

test('SY-10b: the state that was pushed aside is the VM again within a day, and nobody after that', () => {
  const aside = (fields: object, nowMs = NOW): unknown => {
    const state = stateOf('b', {
      earlier: ['a'],
      heldSinceMs: NOW - 2 * SETTLED_MS,
      sinceMs: NOW - 2 * SETTLED_MS,
      mark: markAt(2, NOW, 'b'),
      displaced: { mark: markAt(5, 0), instance: 'a', ...fields },
    });
    const decision = decideHolder(state, callOf(holder('new'), { mark: step(5), nowMs, saidAtMs: nowMs }));
    return decision.kind === 'holder' ? [decision.isBack, Object.keys(decision.next.clones)] : decision.kind;
  };
  assert.deepEqual(aside({ atMs: NOW - DAY + 1 }), [true, ['b']]);
  assert.deepEqual(aside({ atMs: NOW - DAY }), [false, []]);
  // Undated: since the present one holds.
  assert.deepEqual(aside({}), [true, ['b']]);
  assert.deepEqual(aside({}, NOW - 2 * SETTLED_MS + DAY), [false, []]);
  const undated = stateOf('b', { displaced: { mark: markAt(5, 0), instance: 'a' } });
  assert.equal(decideHolder(undated, callOf(holder('b'))).next.displaced, undefined, 'never held by any clock');
});

test('SY-10b: the same instance goes on, with what it shows; between two polls it shows nothing, and is believed', () => {
  const state = stateOf('a', { mark: markAt(5, NOW - MINUTE), gone: 'a', heldSinceMs: NOW - MINUTE });
  const go = (mark: ShownMark | null, of: HolderState = state) =>
    decideHolder(of, callOf(holder('a', { bootId: 'next' }), { mark }));
  const on = go(step(5));
  assert.deepEqual(on, {
    kind: 'holder',
    isBack: false,
    isInDoubt: false,
    callAgainMs: 0,
    next: { ...state, bootId: 'next', gone: null, mark: { now: step(5).to, saidAtMs: NOW } },
  });
  assert.deepEqual(go(null).next, { ...state, bootId: 'next', gone: null });
  assert.equal(go(step(9)).kind, 'holder', 'the database went back in time');
});

test('SY-10b: an old state of what runs is late for a minute, and one of two after that, or where it says a later time', () => {
  const known = (fields: Partial<HolderState> = {}): HolderState =>
    stateOf('a', { mark: markAt(5, NOW - MINUTE), heldSinceMs: NOW - SECOND, settled: 'a', ...fields });
  const old = (saidAtMs: number, state: HolderState, mark: ShownMark = step(3)) =>
    decideHolder(state, callOf(holder('a'), { mark, saidAtMs }));
  assert.equal(old(NOW - MINUTE + 1, known()).kind, 'double');
  const late = old(NOW - MINUTE, known());
  assert.deepEqual(late, { kind: 'late', next: known({ lateSinceMs: NOW }) });
  const again = (sinceMs: number) => {
    const { kind, next } = old(NOW - DAY, known({ lateSinceMs: NOW - sinceMs }));
    return [kind, NOW - (next.lateSinceMs ?? 0)];
  };
  assert.deepEqual(again(MINUTE - 1), ['late', MINUTE - 1]);
  assert.deepEqual(again(MINUTE), ['double', MINUTE]);
  assert.deepEqual(again(10 * MINUTE - 1), ['double', 10 * MINUTE - 1]);
  assert.deepEqual(again(10 * MINUTE), ['late', 0], 'so long ago is another time');
  assert.equal(old(NOW - DAY, known(), { from: null, to: { count: 1, lot: 'x' } }).kind, 'late', 'no mark any more');
  assert.equal(old(NOW + DAY, known({ mark: markAt(5, NOW) })).kind, 'late', 'a time that has not come is now');
});

test('SY-10b: a superseded certificate is shown by copies, or in a request that was under way', () => {
  const state = stateOf('a', { clones: { x: 'vm of x' } });
  assert.equal(decideSuperseded(state, holder('a')), null);
  assert.deepEqual(decideSuperseded(state, holder('x')), { kind: 'clone', next: state });
  assert.deepEqual(decideSuperseded(state, holder('b')), {
    kind: 'clone',
    next: { ...state, clones: { x: 'vm of x', b: null } },
  });
});

test('SY-10b: who is settled, let in and entrusted, to the millisecond', () => {
  const state = followed(0);
  const at = (ms: number) => [
    isSettled(state, 'b', NOW + ms),
    isLetIn(state, 'b', false, NOW + ms),
    isLetIn(state, 'b', true, NOW + ms),
    isEntrusted(state, 'b', false, NOW + ms),
    isEntrusted(state, 'b', true, NOW + ms),
    doubtLeftMs(state, 'b', NOW + ms),
  ];
  assert.deepEqual(at(0), [false, true, false, false, false, DOUBT_MS]);
  assert.deepEqual(at(DOUBT_MS - 1), [false, true, false, false, false, 1]);
  assert.deepEqual(at(DOUBT_MS), [false, true, false, true, false, 0]);
  assert.deepEqual(at(SETTLED_MS - 1), [false, true, false, true, false, 0]);
  assert.deepEqual(at(SETTLED_MS), [true, true, true, true, true, 0]);
  // A copy was seen while the settled one comes back: it need not wait.
  assert.deepEqual(
    [
      isSettled(state, 'a', NOW),
      isLetIn(state, 'a', true, NOW),
      isEntrusted(state, 'a', true, NOW),
      doubtLeftMs(state, 'a', NOW),
    ],
    [true, true, true, 0],
  );
  assert.deepEqual([isLetIn(state, 'z', false, NOW), isEntrusted(state, 'z', false, NOW)], [false, false]);
  const activated = stateOf('a');
  assert.deepEqual([isSettled(activated, 'a', NOW), doubtLeftMs(activated, 'a', NOW)], [true, 0]);
  assert.equal(doubtLeftMs(stateOf('a', { heldSinceMs: NOW, settled: 'z' }), 'a', NOW), 0, 'no doubt is none');
});
