// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { randomUUID } from 'node:crypto';
import type { CommandBody, CommandResult, LinkCommand } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { manualClock, temporaryDirectory } from '@lazaret/testkit';
import { openState } from '../../state/index.ts';
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

  it('all is settled when the manager has been told, and not before', async (t) => {
    const { open } = deskOf(t);
    const answer = Promise.withResolvers<void>();
    let isTold = false;
    const desk = open({ tell: () => answer.promise.then(() => void (isTold = true)) });
    desk.take([command({ kind: 'diagnostics' })]);
    let isSettled = false;
    const settled = desk.settled().then(() => (isSettled = true));
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isSettled, false);
    answer.resolve();
    await settled;
    assert.ok(isTold);
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

  it('the result of a command could not be sent to the manager yet, also over a restart', async (t) => {
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

  it('in the moment at which it ends it is too late, and the answer says until when it was', async (t) => {
    const { done, told, open } = deskOf(t);
    const now = new Date(NOW).toISOString();
    const late = command({ kind: 'update' }, { expires: now });
    const inTime = command({ kind: 'update' }, { expires: new Date(NOW + 1).toISOString() });
    const desk = open();
    desk.take([late, inTime]);
    await desk.settled();
    assert.deepEqual(done, [inTime]);
    const message = `The command expired at ${now}.`;
    assert.deepEqual(told.get(late.id), { outcome: 'refused', code: 'link.command_expired', message, value: null });
  });

  it('a failure is told with its code, or as a fault of the agent; what answers nothing answers null', async (t) => {
    const { told, open } = deskOf(t);
    const tell = async (carryOut: CommandDeskParts['carryOut']): Promise<CommandResult | undefined> => {
      const one = command({ kind: 'diagnostics' });
      const desk = open({ carryOut });
      desk.take([one]);
      await desk.settled();
      return told.get(one.id);
    };
    const known = await tell(() => Promise.reject(new LazaretError('vault.full', 'No room.')));
    assert.deepEqual(known, { outcome: 'failed', code: 'vault.full', message: 'No room.', value: null });
    const long = await tell(() => Promise.reject(new TypeError('x'.repeat(5_000))));
    assert.deepEqual(long, { outcome: 'failed', code: 'agent.internal', message: 'x'.repeat(4_096), value: null });
    const text = await tell(() => Promise.reject('only a text'));
    assert.deepEqual([text?.code, text?.message], ['agent.internal', 'only a text']);
    const nothing = await tell(() => Promise.resolve(undefined));
    assert.deepEqual(nothing, { outcome: 'done', code: null, message: null, value: null });
    const something = await tell(() => Promise.resolve({ a: 1 }));
    assert.deepEqual(something?.value, { a: 1 });
  });

  it('what a process that died had told stands behind the sequence that is handed on', async (t) => {
    const { open } = deskOf(t);
    const one = command({ kind: 'quarantine-delete', entry: 'abcd' });
    open({ spoolLast: () => 41, carryOut: () => new Promise(() => {}) }).take([one]);
    await new Promise((resolve) => setImmediate(resolve));
    const asked: unknown[] = [];
    const next = open({
      recover: (given, spoolBefore) => {
        asked.push([given.id, spoolBefore]);
        return Promise.resolve({ value: null });
      },
    });
    next.pump();
    await next.settled();
    assert.deepEqual(asked, [[one.id, 41]]);
  });

  it('one that was begun before its end is looked after also when that is over', async (t) => {
    const { told, clock, open } = deskOf(t);
    const one = command({ kind: 'quarantine-delete', entry: 'abcd' });
    open({ carryOut: () => new Promise(() => {}) }).take([one]);
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(2 * 86_400_000);
    const next = open({ recover: () => Promise.resolve({ value: 'it was done' }) });
    next.pump();
    await next.settled();
    assert.equal(told.get(one.id)?.outcome, 'done');
  });

  it('one of a newer manager, which nobody here can read, is told as failed', async (t) => {
    const { done, told, open } = deskOf(t);
    const strange = command({ kind: 'of-a-newer-manager' } as unknown as CommandBody);
    const desk = open();
    desk.take([strange]);
    await desk.settled();
    assert.deepEqual(done, []);
    assert.deepEqual(told.get(strange.id), {
      outcome: 'failed',
      code: 'link.bad_request',
      message: 'The agent cannot read the command of the manager.',
      value: null,
    });
  });

  it('a manager that is away is told of, and has the result at the next look', async (t) => {
    const { told, open } = deskOf(t);
    const faults: unknown[] = [];
    let isAway = true;
    const away = new LazaretError('link.unreachable', 'away');
    const desk = open({
      tell: (id, result) => (isAway ? Promise.reject(away) : Promise.resolve(void told.set(id, result))),
      onFault: (error) => faults.push(error),
    });
    const one = command({ kind: 'diagnostics' });
    desk.take([one]);
    await desk.settled();
    assert.deepEqual([faults, told.size], [[away], 0]);
    isAway = false;
    desk.pump();
    await desk.settled();
    assert.deepEqual([...told.keys()], [one.id]);
    desk.pump();
    await desk.settled();
    assert.equal(faults.length, 1, 'nothing is left to be told');
  });

  it('of one kind of work one is done at a time, in the order in which they came; the vault has one for all that it does', async (t) => {
    const { open } = deskOf(t);
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const desk = open({
      carryOut: ({ body }) => {
        begun.push(body.kind);
        return new Promise<void>((resolve) => ends.push(resolve));
      },
    });
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    for (const body of [
      { kind: 'quarantine-delete', entry: 'abcd' },
      { kind: 'update' },
      { kind: 'quarantine-fetch', entry: 'abcd' },
      { kind: 'update' },
      { kind: 'diagnostics' },
    ] as const)
      desk.take([command(body)]);
    await turn();
    assert.deepEqual(begun, ['quarantine-delete', 'update', 'diagnostics']);
    desk.pump();
    await turn();
    assert.equal(begun.length, 3, 'what is in hand is not begun again');
    ends[0]?.();
    await turn();
    assert.deepEqual(begun.slice(3), ['quarantine-fetch']);
    ends[1]?.();
    await turn();
    assert.deepEqual(begun.slice(4), ['update']);
    ends.forEach((end) => end());
    await desk.settled();
  });

  it('what was never begun is not looked for', async (t) => {
    const { done, open } = deskOf(t);
    const desk = open({ recover: () => Promise.reject(new Error('nothing was begun')) });
    desk.take([command({ kind: 'update' })]);
    await desk.settled();
    assert.equal(done.length, 1);
  });

  it('SY-10b: one that is in doubt is given up in the moment at which it ends', async (t) => {
    const { told, clock, open } = deskOf(t);
    const desk = open({ carryOut: () => Promise.reject(new LazaretError('link.clone', 'not known yet')) });
    const one = command({ kind: 'update' }, { expires: new Date(NOW + 2).toISOString() });
    desk.take([one]);
    await desk.settled();
    await clock.advance(1);
    desk.pump();
    await desk.settled();
    assert.equal(told.size, 0);
    await clock.advance(1);
    desk.pump();
    await desk.settled();
    assert.equal(told.get(one.id)?.code, 'link.clone');
  });

  it('what is done while another result is being told is told behind it', async (t) => {
    const { open } = deskOf(t);
    const told: string[] = [];
    const gate = Promise.withResolvers<void>();
    const desk = open({
      tell: async (id) => {
        if (told.push(id) === 1) await gate.promise;
      },
    });
    const [one, other] = [command({ kind: 'diagnostics' }), command({ kind: 'update' })];
    desk.take([one]);
    await new Promise((resolve) => setImmediate(resolve));
    desk.take([other]);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(told, [one.id]);
    gate.resolve();
    await desk.settled();
    assert.deepEqual(told, [one.id, other.id]);
  });

  it('a state that cannot be written is told of', async (t) => {
    const database = openState(join(temporaryDirectory(t), 'agent.sqlite'));
    const faults: unknown[] = [];
    const desk = commandDesk({
      database,
      clock: manualClock(NOW),
      policyHash: () => 'old',
      spoolLast: () => 0,
      carryOut: () => Promise.resolve(database.close()),
      recover: () => Promise.resolve(undefined),
      tell: () => Promise.resolve(),
      onFault: (error) => faults.push(error),
    });
    desk.take([command({ kind: 'update' })]);
    await desk.settled();
    assert.equal(faults.length, 1);
    assert.match(String(faults[0]), /finalized|not open/);
  });
});
