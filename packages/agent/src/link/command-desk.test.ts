// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { randomUUID } from 'node:crypto';
import type { CommandBody, CommandResult, LinkCommand } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { manualClock, temporaryDirectory } from '@lazaret/testkit';
import { openState } from '../state/index.ts';
import { commandDesk, type CommandDeskParts } from './command-desk.ts';

const NOW = Date.parse('2026-11-25T00:00:00Z');

function command(body: CommandBody, more: Partial<LinkCommand> = {}): LinkCommand {
  const precondition = { policyHash: null, entrySha256: null };
  return { id: randomUUID(), expires: '2026-11-26T00:00:00.000Z', precondition, orderedBy: null, body, ...more };
}

interface Desk {
  readonly done: LinkCommand[];
  readonly told: Map<string, CommandResult>;
  readonly clock: ReturnType<typeof manualClock>;
  /** Another process on the same state. */
  readonly open: (more?: Partial<CommandDeskParts>) => ReturnType<typeof commandDesk>;
}

function deskOf(t: TestContext): Desk {
  const path = join(temporaryDirectory(t), 'agent.sqlite');
  const clock = manualClock(NOW);
  const done: LinkCommand[] = [];
  const told = new Map<string, CommandResult>();
  const open: Desk['open'] = (more = {}) => {
    const database = openState(path);
    t.after(() => database.close());
    return commandDesk({
      database,
      clock,
      policyHash: () => 'old',
      spoolLast: () => 0,
      carryOut: (one) => Promise.resolve(done.push(one)),
      recover: () => Promise.resolve(undefined),
      tell: (id, result) => Promise.resolve(void told.set(id, result)),
      onFault: () => {},
      ...more,
    });
  };
  return { done, told, clock, open };
}

describe('commands of the manager', () => {
  it('each is carried out once, however often it comes, and its result is told', async (t) => {
    const { done, told, open } = deskOf(t);
    const desk = open();
    const one = command({ kind: 'diagnostics' });
    desk.take([one]);
    desk.take([one, one]);
    await desk.settled();
    desk.take([one]);
    await desk.settled();
    assert.equal(done.length, 1);
    assert.equal(told.get(one.id)?.outcome, 'done');
    assert.deepEqual(desk.known(), [one.id]);
  });

  it('not a second time by the process after a crash, where what it did can be seen', async (t) => {
    const { done, told, open } = deskOf(t);
    const one = command({ kind: 'quarantine-delete', entry: 'abcd' });
    open({ carryOut: (given) => (done.push(given), new Promise(() => {})) }).take([one]);
    await new Promise((resolve) => setImmediate(resolve));
    const next = open({ recover: () => Promise.resolve({ value: 'it was done' }) });
    next.pump();
    await next.settled();
    assert.equal(done.length, 1);
    assert.deepEqual(told.get(one.id), { outcome: 'done', code: null, message: null, value: 'it was done' });
  });

  it('one that had no effect before the crash is carried out after it', async (t) => {
    const { done, open } = deskOf(t);
    const one = command({ kind: 'update' });
    open({ carryOut: () => new Promise(() => {}) }).take([one]);
    await new Promise((resolve) => setImmediate(resolve));
    const next = open();
    next.pump();
    await next.settled();
    assert.equal(done.length, 1);
  });

  it('a result waits for the manager, also over a restart', async (t) => {
    const { done, told, open } = deskOf(t);
    const one = command({ kind: 'diagnostics' });
    const before = open({ tell: () => Promise.reject(new LazaretError('link.unreachable', 'away')) });
    before.take([one]);
    await before.settled();
    const next = open();
    next.pump();
    await next.settled();
    assert.deepEqual([done.length, told.get(one.id)?.outcome], [1, 'done']);
  });

  it('one that came too late is refused, and so is one whose precondition does not hold', async (t) => {
    const { done, told, open } = deskOf(t);
    const late = command({ kind: 'update' }, { expires: '2026-11-24T00:00:00.000Z' });
    const desk = open({
      carryOut: () => Promise.reject(new LazaretError('link.precondition', 'another content')),
    });
    const wrong = command({ kind: 'quarantine-delete', entry: 'abcd' });
    desk.take([late, wrong]);
    await desk.settled();
    assert.deepEqual(done, []);
    assert.deepEqual([told.get(late.id)?.outcome, told.get(late.id)?.code], ['refused', 'link.command_expired']);
    assert.deepEqual([told.get(wrong.id)?.outcome, told.get(wrong.id)?.code], ['refused', 'link.precondition']);
  });

  it('AC-8f: a restore that needs an exception waits until the policy that has it is in force', async (t) => {
    const { done, open } = deskOf(t);
    let inForce = 'a'.repeat(64);
    const desk = open({ policyHash: () => inForce });
    const wanted = 'b'.repeat(64);
    desk.take([
      command(
        { kind: 'quarantine-restore', entry: 'abcd', to: null, keepEntry: false },
        { precondition: { policyHash: wanted, entrySha256: null } },
      ),
    ]);
    await desk.settled();
    assert.equal(done.length, 0);
    inForce = wanted;
    desk.pump();
    await desk.settled();
    assert.equal(done.length, 1);
  });

  it('SY-10b: a file that is brought while the manager still looks for another VM waits, and is not given up', async (t) => {
    const { done, told, clock, open } = deskOf(t);
    let inDoubt = true;
    const desk = open({
      carryOut: (one) =>
        inDoubt ? Promise.reject(new LazaretError('link.clone', 'not known yet')) : Promise.resolve(done.push(one)),
    });
    const fetch = command({ kind: 'quarantine-fetch', entry: 'abcd' });
    desk.take([fetch]);
    await desk.settled();
    assert.deepEqual([...told.keys()], []);
    inDoubt = false;
    desk.pump();
    await desk.settled();
    assert.deepEqual([done.length, told.get(fetch.id)?.outcome], [1, 'done']);
    inDoubt = true;
    const forLong = command({ kind: 'quarantine-fetch', entry: 'abcd' });
    desk.take([forLong]);
    await desk.settled();
    await clock.advance(2 * 86_400_000);
    desk.pump();
    await desk.settled();
    assert.deepEqual([told.get(forLong.id)?.outcome, told.get(forLong.id)?.code], ['failed', 'link.clone']);
  });

  it('a long update does not keep a scan from being cancelled', async (t) => {
    const { done, open } = deskOf(t);
    const desk = open({
      carryOut: (one) => (one.body.kind === 'update' ? new Promise(() => {}) : Promise.resolve(done.push(one))),
    });
    desk.take([command({ kind: 'update' }), command({ kind: 'scan-control', scanId: randomUUID(), verb: 'cancel' })]);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(done[0]?.body.kind, 'scan-control');
  });
});
