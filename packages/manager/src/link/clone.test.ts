// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { decideHolder, type HolderState, isLetIn, SETTLED_MS } from './clone.ts';

const START = Date.parse('2026-11-25T00:00:00Z');
const holder = () => ({ instance: randomUUID(), bootId: randomUUID(), machineId: null, hardwareId: null });

describe('two holders of one key', () => {
  it('SY-10b: a copy that is another one at each call does not push the VM out of memory, not even just after its start', () => {
    const first = holder();
    let state: HolderState = { ...first, earlier: [], clones: {} };
    const call = (who: ReturnType<typeof holder>, at: number) => {
      const decision = decideHolder(state, who, START + at, START + at);
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
      const decision = decideHolder(state, who, START + at, START + at);
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
      const decision = decideHolder(state, next, START + at, START + at);
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
