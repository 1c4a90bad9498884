// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Holder, Mark, ShownMark } from '@lazaret/contract';
import { decideHolder, DOUBT_MS, type HolderState, isEntrusted, isLetIn, SETTLED_MS } from './clone.ts';

const START = Date.parse('2026-11-25T00:00:00Z');
const DAY_MS = 86_400_000;
const holder = () => ({ instance: randomUUID(), bootId: randomUUID(), machineId: null, hardwareId: null });

function callOf(caller: Holder, at: number, mark: ShownMark | null = null) {
  return { caller, mark, saidAtMs: START + at, nowMs: START + at, seenAtMs: START + at };
}

describe('two holders of one key', () => {
  it('SY-10b: a copy that is another one at each call does not push the VM out of memory, not even just after its start', () => {
    const first = holder();
    let state: HolderState = { ...first, earlier: [], clones: {} };
    const call = (who: ReturnType<typeof holder>, at: number) => {
      const decision = decideHolder(state, callOf(who, at));
      state = decision.next;
      return decision;
    };
    const restarted = holder();
    assert.deepEqual([call(restarted, 0).kind, state.instance], ['holder', restarted.instance]);
    const copies = Array.from({ length: 200 }, holder);
    const letIn = copies.filter((copy, at) => {
      call(copy, 1_000 + at);
      return isLetIn(state, copy.instance, false, START + 1_000 + at);
    });
    assert.ok(letIn.length < 20, `${letIn.length} copies were let in before the VM came back`);
    const back = call(restarted, 50_000);
    assert.ok(back.kind === 'holder' && back.isBack, 'it has shown that another one lives');
    assert.equal(state.instance, restarted.instance);
    assert.ok(isLetIn(state, restarted.instance, true, START + 50_000));
  });

  it('SY-10b: who came while the original lived is a copy, all of them: none of two comes back as the original', () => {
    const original = holder();
    let state: HolderState = { ...original, earlier: [], clones: {} };
    const call = (who: ReturnType<typeof holder>, at: number) => {
      const decision = decideHolder(state, callOf(who, at));
      state = decision.next;
      return decision;
    };
    const copies = [holder(), holder(), holder()];
    copies.forEach((copy, at) => call(copy, 1_000 * at));
    assert.ok(call(original, 100_000).kind === 'holder');
    for (const copy of copies) assert.equal(call(copy, 110_000).kind, 'clone');
    assert.deepEqual([call(original, 120_000).kind, state.instance], ['holder', original.instance]);
  });

  it('SY-10b: an agent that starts again and again is itself, and no copy', () => {
    let state: HolderState = { ...holder(), earlier: [], clones: {} };
    let at = 0;
    const start = () => {
      const next = holder();
      const decision = decideHolder(state, callOf(next, at));
      assert.equal(decision.kind, 'holder');
      state = decision.next;
      return next;
    };
    for (let count = 0; count < 100; count++, at += 2_000) start();
    at += SETTLED_MS;
    const last = start();
    assert.ok(isLetIn(state, last.instance, false, START + at));
    for (let month = 0; month < 40; month++) {
      at += SETTLED_MS;
      const { instance } = start();
      assert.ok(isLetIn(state, instance, false, START + at), `month ${month}`);
    }
  });
});

function nextMark(from: Mark | null): ShownMark {
  return { from, to: { count: (from?.count ?? 0) + 1, lot: randomUUID() } };
}

/** A VM, its agents and their states, as the manager sees them. */
function makeVm() {
  const first = holder();
  let state: HolderState = { ...first, earlier: [], clones: {} };
  let seenAtMs = START;
  /** Calls and, where the mark was taken, goes on from there. */
  const call = (agent: Agent, at: number, to = agent.mark, saidAtMs = START + at) => {
    const decision = decideHolder(state, { ...callOf(agent.who, at, to), saidAtMs, seenAtMs });
    state = decision.next;
    if (state.mark?.now.lot === to.to.lot) agent.mark = nextMark(to.to);
    const entrusted = decision.kind === 'holder' && isEntrusted(state, agent.who.instance, false, START + at);
    if (entrusted) seenAtMs = START + at;
    const { isBack, isInDoubt, callAgainMs } =
      decision.kind === 'holder' ? decision : { isBack: false, isInDoubt: false, callAgainMs: 0 };
    return { kind: decision.kind, entrusted, isBack, isInDoubt, callAgainMs };
  };
  const stop = (agent: Agent): void => void (state = { ...state, gone: agent.who.instance });
  return { call, stop, first: { who: first, mark: nextMark(null) } as Agent, state: () => state };
}

interface Agent {
  who: Holder;
  mark: ShownMark;
}

/** Numbers that look like chance and are the same at each run. */
function randomOf(seed: number): () => number {
  let state = (seed * 40_692_017) % 2_147_483_647;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** The state as it stands, in a process of its own. */
function copyOf({ mark }: Agent): Agent {
  return { who: holder(), mark };
}

describe('marks', () => {
  it('SY-10b: who starts while the one before may live waits for it to show itself, and after a stop in order it does not', () => {
    const { call, stop, first } = makeVm();
    call(first, 0);
    const restarted = copyOf(first);
    assert.partialDeepStrictEqual(call(restarted, 1_000), { kind: 'holder', entrusted: false, isBack: false });
    assert.equal(call(restarted, 1_000 + DOUBT_MS - 1).entrusted, false);
    assert.equal(call(restarted, 1_000 + DOUBT_MS).entrusted, true);
    stop(restarted);
    const again = copyOf(restarted);
    assert.equal(call(again, 20_000).entrusted, true);
    const late = copyOf(again);
    assert.equal(call(late, 20_000 + SETTLED_MS).entrusted, true, 'nobody was heard of for so long');
  });

  it('SY-10b: an answer that is lost, or a kill between two steps, makes no copy', () => {
    const { call, stop, first } = makeVm();
    call(first, 0);
    const sent = first.mark;
    call(first, 1_000, sent);
    // Its state still has the step that the manager has taken already.
    const killed: Agent = { who: first.who, mark: sent };
    stop(killed);
    assert.partialDeepStrictEqual(call(copyOf(killed), 2_000), { kind: 'holder', entrusted: true, isBack: false });
  });

  it('an image of the VM that is older is the VM again once nobody else shows up, and gets no order before', () => {
    const { call, stop, first } = makeVm();
    call(first, 0);
    const image = copyOf(first);
    for (let at = 1; at < 5; at++) call(first, at * 50_000);
    stop(first);
    assert.partialDeepStrictEqual(call(image, 300_000), { kind: 'holder', entrusted: false, isBack: false });
    assert.equal(call(image, 300_000 + 2 * DOUBT_MS).entrusted, false);
    assert.equal(call(image, 300_000 + SETTLED_MS).entrusted, true);
    assert.deepEqual(call(image, 300_000 + SETTLED_MS + 1).kind, 'holder');
  });

  it('SY-10b: where an old copy ran while the VM was off, the VM goes on when it returns, at its first call', () => {
    const { call, stop, first } = makeVm();
    call(first, 0);
    const old = copyOf(first);
    call(first, 50_000);
    call(first, 100_000);
    stop(first);
    call(old, 1_000_000);
    for (let at = 1; at < 100; at++) assert.equal(call(old, 1_000_000 + at * 50_000).kind, 'holder');
    const returned = copyOf(first);
    assert.partialDeepStrictEqual(call(returned, 9_000_000), { kind: 'holder', entrusted: true, isBack: true });
    assert.equal(call(old, 9_000_001).kind, 'clone');
    assert.equal(call(returned, 9_050_000).kind, 'holder');
  });

  it('SY-10b: a copy of what runs, with all that it has in memory, is told to call by another name, and is a copy then', () => {
    const { call, first } = makeVm();
    call(first, 0);
    const double: Agent = { who: first.who, mark: first.mark };
    call(first, 10_000);
    call(first, 50_000);
    assert.equal(call(double, 60_000).kind, 'double');
    double.who = holder();
    assert.partialDeepStrictEqual(call(double, 60_250), { kind: 'holder', entrusted: false, isBack: false });
    assert.equal(call(first, 61_000).isBack, true);
    assert.equal(call(double, 62_000).kind, 'clone');
    assert.equal(call(first, 110_000).kind, 'holder');
  });

  it('SY-10b: a request that was held up is late, and proves nothing', () => {
    const vm = makeVm();
    vm.call(vm.first, 0);
    const early = vm.first.mark;
    vm.call(vm.first, 50_000);
    vm.call(vm.first, 100_000);
    const decision = decideHolder(vm.state(), { ...callOf(vm.first.who, 50_000, early), nowMs: START + 100_001 });
    assert.equal(decision.kind, 'late');
    assert.deepEqual(decision.next.mark, vm.state().mark);
  });

  it('SY-10b: after the manager’s database went back in time its VMs go on as they were, and one that starts waits', () => {
    const { call, first, state } = makeVm();
    call(first, 0);
    const before = structuredClone(state());
    for (let at = 1; at < 5; at++) call(first, at * 50_000);
    const restored = decideHolder(before, callOf(first.who, 300_000, first.mark));
    assert.equal(restored.kind, 'holder');
    assert.equal(restored.next.mark?.now.lot, first.mark.to.lot);
    const started = copyOf(first);
    const decision = decideHolder(before, callOf(started.who, 300_000, started.mark));
    assert.equal(decision.kind, 'holder');
    assert.equal(isEntrusted(decision.next, started.who.instance, false, START + 300_000), false);
    assert.equal(isEntrusted(decision.next, started.who.instance, false, START + 300_000 + SETTLED_MS), true);
  });

  it('SY-10b: a time that has not come yet is not believed: the VM is told apart from a copy of what runs that claims one', () => {
    const { call, first, state } = makeVm();
    call(first, 0);
    const thief: Agent = { who: first.who, mark: nextMark(first.mark.from) };
    call(thief, 1_000, thief.mark, START + 73 * 365 * DAY_MS);
    assert.ok((state().mark?.saidAtMs ?? 0) <= START + 1_000);
    assert.equal(call(first, 2_000).kind, 'double');
  });

  it('SY-10b: whatever times a copy of what runs claims, and however often it calls, the VM is trusted or there is an alarm', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = randomOf(seed);
      const { call, first } = makeVm();
      const lagMs = Math.floor(random() * 60_000);
      const behind = (at: number): number => START + at - lagMs;
      call(first, 0, first.mark, behind(0));
      const thief: Agent = { who: first.who, mark: nextMark(first.mark.from) };
      const everyMs = 500 + Math.floor(random() * 30_000);
      const anyTimes = [0, -lagMs, -DAY_MS, DAY_MS, 73 * 365 * DAY_MS];
      const claims = seed % 2 === 0 ? anyTimes : [anyTimes[seed % 5] ?? 0];
      const thiefEndsAt = random() * 600_000;
      let trustedAt = 0;
      let nextPollAt = 1_000 + Math.floor(random() * 50_000);
      for (let at = 0; at < 900_000; at += everyMs) {
        if (at < thiefEndsAt) {
          const claim = claims[Math.floor(random() * claims.length)] ?? 0;
          if (call(thief, at, thief.mark, START + at + claim).isBack) break;
        }
        for (; nextPollAt <= at + everyMs; nextPollAt += 50_000) {
          const { kind, isBack, entrusted } = call(first, nextPollAt, first.mark, behind(nextPollAt));
          if (isBack || kind === 'clone') at = Infinity;
          if (kind === 'double') first.who = holder();
          if (kind === 'double') nextPollAt -= 49_750;
          if (entrusted) trustedAt = nextPollAt;
          const silentMs = nextPollAt - trustedAt;
          // A minute in which it may be late, the three of an old state, and the pauses between its polls.
          assert.ok(
            at === Infinity || silentMs <= 60_000 + SETTLED_MS + 3 * 50_000,
            `${seed}: ${silentMs} ms, ${kind}`,
          );
          if (at === Infinity) break;
        }
      }
    }
  });

  it('SY-10b: a VM whose clock is behind shows itself while a copy is in doubt, and the copy is never entrusted', () => {
    for (let lagMs = 0; lagMs <= 61_000; lagMs += 500) {
      const { call, first } = makeVm();
      const poll = (at: number) => call(first, at, first.mark, START + at - lagMs);
      poll(0);
      const copy = copyOf(first);
      call(copy, 1_000);
      let pollAt = 1_100;
      for (let at = 1_200; at < 200_000; at += 250) {
        while (pollAt <= at) {
          const { callAgainMs, isBack, kind } = poll(pollAt);
          assert.equal(kind, 'holder', `${lagMs} ms`);
          if (isBack) assert.equal(call(copy, at).kind, 'clone');
          // As an agent that holds a long poll.
          pollAt += Math.min(callAgainMs > 0 ? callAgainMs : 50_000, 50_000) + 500;
        }
        assert.equal(call(copy, at).entrusted, false, `a clock ${lagMs} ms behind: entrusted after ${at - 1_000} ms`);
      }
      assert.equal(call(copy, 200_000).kind, 'clone');
    }
  });

  it('SY-10b: what the agent before had sent, and was held up, makes a restart wait for a minute, and no copy', () => {
    const { call, first, state } = makeVm();
    call(first, 0);
    const sent = first.mark;
    const restarted = copyOf(first);
    call(restarted, 10_000);
    const late = call(first, 12_000, sent, START + 5_000);
    assert.deepEqual([late.kind, late.isBack, state().instance], ['holder', false, restarted.who.instance]);
    assert.equal(call(restarted, 10_000 + DOUBT_MS + 60_000).entrusted, true);
  });

  it('SY-10b: whoever has the state that a snapshot pushed aside is the VM for a day, and after that as doubtful as anybody', () => {
    for (const days of [0.9, 1.1, 300]) {
      const { call, stop, first } = makeVm();
      call(first, 0);
      const snapshot = copyOf(first);
      for (let at = 1; at < 9; at++) call(first, at * 50_000);
      stop(first);
      call(snapshot, 500_000);
      assert.equal(call(snapshot, 500_000 + SETTLED_MS).entrusted, true);
      const at = 500_000 + days * DAY_MS;
      call(snapshot, at);
      stop(snapshot);
      const restarted = copyOf(snapshot);
      call(restarted, at + 1_000);
      const aside = copyOf(first);
      const came = call(aside, at + 200_000);
      const isFirstDay = days < 1;
      const expected = { kind: 'holder', isBack: isFirstDay, entrusted: isFirstDay };
      assert.partialDeepStrictEqual(came, expected, `${days} days`);
      if (isFirstDay) continue;
      assert.equal(came.isInDoubt, true, 'who holds the place is woken');
      assert.equal(call(restarted, at + 201_000).isBack, true);
      assert.equal(call(aside, at + 202_000).kind, 'clone');
    }
  });
});
