// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Holder, Mark, ShownMark } from '@lazaret/contract';
import { decideHolder, DOUBT_MS, type HolderState, isEntrusted, isLetIn, SETTLED_MS } from './clone.ts';

const START = Date.parse('2026-11-25T00:00:00Z');
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
  const call = (agent: Agent, at: number, to = agent.mark) => {
    const decision = decideHolder(state, { ...callOf(agent.who, at, to), seenAtMs });
    state = decision.next;
    if (state.mark?.now.lot === to.to.lot) agent.mark = nextMark(to.to);
    const entrusted = decision.kind === 'holder' && isEntrusted(state, agent.who.instance, false, START + at);
    if (entrusted) seenAtMs = START + at;
    return { kind: decision.kind, entrusted, isBack: decision.kind === 'holder' && decision.isBack };
  };
  const stop = (agent: Agent): void => void (state = { ...state, gone: agent.who.instance });
  return { call, stop, first: { who: first, mark: nextMark(null) } as Agent, state: () => state };
}

interface Agent {
  who: Holder;
  mark: ShownMark;
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
    assert.deepEqual(call(restarted, 1_000), { kind: 'holder', entrusted: false, isBack: false });
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
    assert.deepEqual(call(copyOf(killed), 2_000), { kind: 'holder', entrusted: true, isBack: false });
  });

  it('SY-10c: an image of the VM that is older is the VM again once nobody else shows up, and gets no order before', () => {
    const { call, stop, first } = makeVm();
    call(first, 0);
    const image = copyOf(first);
    for (let at = 1; at < 5; at++) call(first, at * 50_000);
    stop(first);
    assert.deepEqual(call(image, 300_000), { kind: 'holder', entrusted: false, isBack: false });
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
    assert.deepEqual(call(returned, 9_000_000), { kind: 'holder', entrusted: true, isBack: true });
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
    assert.deepEqual(call(double, 60_250), { kind: 'holder', entrusted: false, isBack: false });
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
});
