// SPDX-License-Identifier: Apache-2.0
// `lazaret realtime` with the real gate, supervisor and scanner, on a tmpfs in a mount namespace of the test's own. What the gate itself is held to –
// refusal, death of the gate, many mounts – stands in e2e/realtime/gate.test.ts; here: what becomes of it.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { eventSchema, openerSchema } from '@lazaret/contract';
import { temporal } from '@lazaret/core';
import { calmZone, eicar } from '@lazaret/testkit';
import { collect, type Ran, until } from '../support/product.ts';
import { beside } from '../support/stalls.ts';
import {
  events,
  makeRealtime,
  within,
  type Line,
  type RealtimeProduct,
  type RunningRealtime,
  plant,
} from '../support/realtime-product.ts';

const TIMEOUT = { timeout: 180_000 };
/** Written without a shell's quotes in the way. */
const ofPath = (name: string) => (line: Line) => String(line['path']).endsWith(`/${name}`);

test(
  'AC-7c, RT-6a, RT-11a: an infected file is refused, taken into the vault, and its opener named; SIGTERM ends it',
  TIMEOUT,
  async (t) => {
    const product = await makeRealtime(t);
    // Planted before anything watches: so the open itself meets it.
    within(product.mounts, `${plant('a.com')}; ln a.com b.com`);
    const realtime = await product.start('--watch', product.mounts.directory);
    assert.equal(realtime.lines[0]?.type, 'ready', 'first of all');
    const before = Date.now();
    // In a mount namespace of its own, as a container's process is; the last argument is a secret.
    const opened = within(product.mounts, `unshare -m python3 -c 'print(open("a.com").read())' --password=hunter2`);
    const after = Date.now();
    assert.equal(opened.stdout, '');
    assert.match(opened.stderr, /Operation not permitted/);
    const detection = await realtime.line('detection', ofPath('a.com'));
    assert.deepEqual([detection['refused'], detection['access']], [true, 'open']);
    const opener = openerSchema.parse(detection['opener']);
    assert.match(opener.executable, /\/python3[.\d]*$/);
    assert.match(opener.commandLine[0] ?? '', /python3$/);
    assert.deepEqual(opener.commandLine.slice(1), ['-c', 'print(open("a.com").read())', '--password=***']);
    assert.deepEqual([opener.user, opener.uid, opener.gid], ['root', 0, 0]);
    assert.match(opener.container ?? '', /^mnt:\[\d+\]$/);
    // The kernel counts from boot in ticks of 10 ms, and tells the time of boot in whole seconds.
    const startedMs = Date.parse(opener.startedAt ?? '');
    assert.ok(startedMs > before - 2_000 && startedMs < after + 2_000, `${opener.startedAt}`);
    assert.match(opener.parents[0]?.executable ?? '', /\/(timeout|bash)$/);
    await until(() => !existsSync(product.mounts.path('a.com')), 'the file is gone');
    assert.match((await product.lazaret('quarantine', 'list')).stdout, /a\.com/, 'beside it, by its control socket');
    assert.equal(await realtime.stop(), 0);
    for (const event of events(product)) {
      const known = eventSchema.safeParse(event);
      assert.ok(known.success, JSON.stringify({ event, issues: known.error?.issues }));
    }
    assert.ok(events(product).some(({ type, runId }) => type === 'detection' && runId === 'realtime'));
  },
);

test(
  'AC-6b, AC-6c, AC-6d, AC-5a, AC-5c: Deny goes on refusing and leaves the content; Pass lets it be read, and says so',
  TIMEOUT,
  async (t) => {
    const product = await makeRealtime(t);
    within(product.mounts, plant('a.com'));
    const denying = await product.start('--watch', product.mounts.directory, '--action', 'deny');
    for (const command of ['cat a.com', 'echo x >> a.com', ': > a.com', 'chmod +x a.com; ./a.com'])
      assert.notEqual(within(product.mounts, command).code, 0, command);
    const denied = await denying.line('detection');
    assert.deepEqual(denied['action'], {
      primary: { action: 'deny', result: 'done' },
      notify: true,
      decidedBy: '/realtime/action',
    });
    assert.equal(await denying.stop(), 0);
    assert.deepEqual(readFileSync(product.mounts.path('a.com')), eicar());
    const passing = await product.start('--watch', product.mounts.directory, '--action', 'pass');
    assert.deepEqual(within(product.mounts, 'cat a.com').stdout, eicar().toString());
    const passed = await passing.line('detection');
    assert.equal(passed['refused'], false);
    assert.deepEqual(passed['action'], {
      primary: { action: 'pass', result: 'done' },
      notify: true,
      decidedBy: '/realtime/action',
    });
  },
);

test(
  'the scanner stands still: the open is let through at its deadline, told, scanned after all, its opener named',
  TIMEOUT,
  async (t) => {
    const product = await makeRealtime(t);
    within(product.mounts, plant('a.com'));
    const realtime = await product.start(
      '--watch',
      product.mounts.directory,
      '--deadline-ms',
      '1000',
      '--action',
      'delete',
    );
    process.kill(realtime.pid('lazaret-scanner'), 'SIGSTOP');
    const open = (): Promise<Ran> => collect(product.mounts.start('cat', product.mounts.inside('a.com')));
    const { did: opened, stalledMs } = await beside(open);
    assert.equal(opened.code, 0, 'it was let go');
    const told = await realtime.line('let-through');
    assert.deepEqual([told['cause'], told['answered']], ['deadline', 'allow']);
    const waitedMs = Number(told['waitedMs']);
    assert.ok(waitedMs >= 1_000 && waitedMs <= 2_000 + 3 * stalledMs, `it waited ${waitedMs} ms`);
    const after = await realtime.line('followed-up');
    const { verdict, afterMs } = after['scanned'] as { verdict: string; afterMs: number };
    assert.equal(verdict, 'infected');
    assert.ok(afterMs < 60_000);
    const detection = await realtime.line('detection');
    assert.deepEqual((detection['opener'] as { commandLine: unknown }).commandLine, [
      'cat',
      product.mounts.inside('a.com'),
    ]);
    await until(() => !existsSync(product.mounts.path('a.com')), 'deleted');
  },
);

test(
  'RT-9d: the supervisor is killed: opens go on, one gap is told, what came in it is found, and protection is back',
  TIMEOUT,
  async (t) => {
    const product = await makeRealtime(t);
    const realtime = await product.start('--watch', product.mounts.directory, '--action', 'quarantine');
    process.kill(realtime.pid('lazaret-supervisor'), 'SIGKILL');
    const planted = within(product.mounts, plant('in-the-gap.com'));
    assert.equal(planted.code, 0);
    const gap = await realtime.line('gap');
    assert.equal(gap['cause'], 'supervisor-died');
    await realtime.line('detection', ofPath('in-the-gap.com'));
    await until(() => !existsSync(product.mounts.path('in-the-gap.com')), 'quarantined');
    within(product.mounts, `${plant('later.com')}; cat later.com > copy`);
    await realtime.line('detection', ofPath('later.com'));
    assert.notDeepEqual(readFileSync(product.mounts.path('copy')), eicar());
    assert.equal(realtime.lines.filter(({ type }) => type === 'gap').length, 1);
  },
);

test(
  'the agent is killed: opens are answered without it, and the next one goes on; statistics beside it',
  TIMEOUT,
  async (t) => {
    const product = await makeRealtime(t);
    const realtime = await product.start('--watch', product.mounts.directory, '--action', 'deny');
    process.kill(realtime.pid('lazaret-agent'), 'SIGKILL');
    within(product.mounts, plant('a.com'));
    const opened = within(product.mounts, 'cat a.com');
    assert.match(opened.stderr, /Operation not permitted/);
    await until(() => realtime.lines.filter(({ type }) => type === 'ready').length === 2, 'the next agent');
    await realtime.line('detection', ofPath('a.com'));
    assert.equal(
      realtime.lines.some(({ type }) => type === 'gap'),
      false,
      'no gap: the gate went on',
    );
    const { state, stats } = JSON.parse((await product.lazaret('realtime', 'stats', '--json')).stdout) as {
      state: string;
      stats: { opens: number; detections: number };
    };
    assert.equal(state, 'on');
    assert.ok(stats.opens >= 1 && stats.detections >= 1, JSON.stringify(stats));
    assert.match((await product.lazaret('realtime', 'stats', '--top')).stdout, /^Real-time: on\.$/m);
  },
);

test(
  'AC-7c, RT-11a: an agent that is killed with a detection in its hands loses none: the next one acts on it, and tells it once',
  TIMEOUT,
  async (t) => {
    const product = await makeRealtime(t);
    // Planted before anything watches: so nothing but the one open tells of it.
    within(product.mounts, plant('a.com'));
    const realtime = await product.start('--watch', product.mounts.directory, '--action', 'quarantine');
    const agent = realtime.pid('lazaret-agent');
    // It takes no message any more, as one whose turn has not come yet.
    process.kill(agent, 'SIGSTOP');
    assert.match(within(product.mounts, 'cat a.com').stderr, /Operation not permitted/);
    process.kill(agent, 'SIGKILL');
    await realtime.line('detection', ofPath('a.com'));
    await until(() => !existsSync(product.mounts.path('a.com')), 'quarantined');
    assert.equal(await realtime.stop(), 0);
    assert.equal(events(product).filter(({ type }) => type === 'detection').length, 1);
  },
);

test('RT-2e: an entry that appears becomes live', TIMEOUT, async (t) => {
  const product = await makeRealtime(t);
  const later = product.mounts.inside('later');
  const realtime = await product.start('--watch', later);
  const [first] = realtime.lines;
  assert.match(JSON.stringify(first?.['notCovered']), /does not exist/);
  within(product.mounts, `mkdir later; ${plant('later/a.com')}`);
  await until(() => within(product.mounts, 'cat later/a.com').stdout === '', 'the open is refused');
  await realtime.line('detection', ofPath('a.com'));
});

test('AC-9b: a file in a mount namespace of its own is refused there, and taken away there', TIMEOUT, async (t) => {
  const product = await makeRealtime(t, 'mkdir own');
  const realtime = await product.start('--watch', product.mounts.directory, '--action', 'quarantine');
  const script = [
    'mount --make-rprivate /; mount -t tmpfs none own; echo x > own/ready',
    `${plant('own/a.com')}; for wait in {1..600}; do cat own/a.com >/dev/null || break; sleep 0.1; done`,
    'for wait in {1..600}; do [ -e own/a.com ] || break; sleep 0.1; done; ls own',
  ].join('; ');
  const ran = within(product.mounts, `unshare -m bash -c '${script}'`, 150_000);
  assert.match(ran.stderr, /Operation not permitted|No such file/);
  assert.equal(ran.stdout.trim(), 'ready');
  const detection = await realtime.line('detection', ofPath('a.com'));
  assert.deepEqual((detection['action'] as { primary: unknown }).primary, { action: 'quarantine', result: 'done' });
});

test(
  'RT-9d: fail-closed holds while the supervisor lives: nothing is scanned, so nothing is opened',
  TIMEOUT,
  async (t) => {
    const product = await makeRealtime(t);
    within(product.mounts, 'echo harmless > a.txt');
    const choices = ['--deadline-ms', '1000', '--on-deadline', 'deny'];
    const realtime = await product.start('--watch', product.mounts.directory, ...choices);
    process.kill(realtime.pid('lazaret-scanner'), 'SIGSTOP');
    const opened = within(product.mounts, 'cat a.txt');
    assert.match(opened.stderr, /Operation not permitted/);
    const told = await realtime.line('let-through');
    assert.equal(told['answered'], 'deny');
    await realtime.line('followed-up', ({ scanned }) => (scanned as { verdict: string }).verdict === 'clean');
  },
);

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

const MINUTE = 60_000;

/** A moment as a week's range has it, on a clock that shows no midnight near it. */
function weekTime(ms: number, zone: string): { readonly day: (typeof DAYS)[number]; readonly minute: string } {
  const there = temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  return { day: DAYS[there.dayOfWeek % 7] ?? 'sunday', minute: there.toPlainTime().toString().slice(0, 5) };
}

/** One whose week begins, or ends, at that moment. */
const HELD_DEADLINE_MS = 60_000;

async function makeWeekly(t: TestContext, fromMs: number, toMs: number): Promise<RealtimeProduct> {
  const product = await makeRealtime(t);
  within(product.mounts, plant('a.com'));
  const zone = calmZone(fromMs);
  const [from, to] = [weekTime(fromMs, zone), weekTime(toMs, zone)];
  product.writePolicy({
    realtime: {
      directories: { kind: 'list', entries: [{ path: product.mounts.directory }] },
      action: { kind: 'custom', primary: 'deny' },
      deadlineMs: HELD_DEADLINE_MS,
      schedule: { kind: 'week', zone, ranges: [{ day: from.day, from: from.minute, to: to.minute }] },
    },
  });
  return product;
}

const isRefused = ({ mounts }: RealtimeProduct): boolean => within(mounts, 'cat a.com').stdout === '';

interface HeldOpen {
  readonly wentOnAtMs: Promise<number>;
  /** Whether its scanner is the one that was stopped. */
  readonly hasItsScanner: () => boolean;
  readonly isBeforeDeadline: () => boolean;
}

/** An open that only the edge can let go: nobody judges it just now, and its deadline lies far behind. */
async function holdOpen({ mounts }: RealtimeProduct, realtime: RunningRealtime): Promise<HeldOpen> {
  const scanner = realtime.pid('lazaret-scanner');
  process.kill(scanner, 'SIGSTOP');
  within(mounts, 'echo harmless > waits.txt');
  const beganMs = Date.now();
  const waiter = mounts.start('cat', mounts.inside('waits.txt'));
  return {
    wentOnAtMs: once(waiter, 'exit').then(() => Date.now()),
    hasItsScanner: () => realtime.runs('lazaret-scanner', scanner),
    isBeforeDeadline: () => Date.now() < beganMs + HELD_DEADLINE_MS,
  };
}

interface AroundEdge {
  readonly edgeMs: number;
  readonly ending: RealtimeProduct;
  readonly beginning: RealtimeProduct;
  readonly on: RunningRealtime;
  readonly off: RunningRealtime;
}

/** One whose week ends there, one whose week begins; both have shown their state before it. On a machine that is too slow for that, the edge lies farther off. */
async function startAroundEdge(t: TestContext): Promise<AroundEdge> {
  for (let aheadMs = 25_000; ; aheadMs *= 2) {
    const edgeMs = Math.ceil((Date.now() + aheadMs) / MINUTE) * MINUTE;
    const ending = await makeWeekly(t, edgeMs - 10 * MINUTE, edgeMs);
    const beginning = await makeWeekly(t, edgeMs, edgeMs + 10 * MINUTE);
    const on = await ending.start('--policy', ending.policyFile);
    const off = await beginning.start('--policy', beginning.policyFile);
    const refused = [isRefused(ending), isRefused(beginning)];
    if (Date.now() < edgeMs - 2_000) {
      assert.deepEqual(refused, [true, false]);
      return { edgeMs, ending, beginning, on, off };
    }
    await Promise.all([on.stop(), off.stop()]);
  }
}

const EDGES_MAX = 3;

interface HeldOverEdge extends AroundEdge {
  /** When the open went on, after the edge. */
  readonly lateMs: number;
}

/** A scanner that hangs is replaced after some seconds: on a machine that lost so many, the new one may have judged the open, and the next edge is taken. */
async function holdOverEdge(t: TestContext): Promise<HeldOverEdge> {
  for (let tries = 1; tries <= EDGES_MAX; tries++) {
    const around = await startAroundEdge(t);
    const { edgeMs, ending, on, off } = around;
    await on.line('state', ({ state }) => state === 'on');
    assert.equal(off.lines[0]?.['state'], 'off-by-schedule');
    await until(() => Date.now() >= edgeMs - 1_500, 'shortly before the edge');
    const held = await holdOpen(ending, on);
    const lateMs = (await held.wentOnAtMs) - edgeMs;
    assert.ok(held.isBeforeDeadline(), 'not by its deadline');
    if (held.hasItsScanner()) return { ...around, lateMs };
    t.diagnostic(`edge ${tries}: the scanner was replaced ${lateMs} ms after the edge, or before`);
    await Promise.all([on.stop(), off.stop()]);
  }
  return assert.fail(`the edge let no open go before the scanner was replaced, at ${EDGES_MAX} edges`);
}

test('RT-4d, RT-4e, RT-4f: outside its week nothing is intercepted and the state says so; both edges take effect by themselves, and no open stays behind', {
  timeout: 590_000,
}, async (t) => {
  const { ending, beginning, on, lateMs } = await holdOverEdge(t);
  // That it is within a second is shown in packages/agent/src/realtime/realtime.test.ts, by a clock that no load moves.
  assert.ok(lateMs >= 0, `the edge let it go, and nothing else: ${-lateMs} ms before it`);
  await until(() => !isRefused(ending), 'the one is off');
  await until(() => isRefused(beginning), 'the other is on');
  process.kill(on.pid('lazaret-scanner'), 'SIGCONT');
  await on.line('state', ({ state }) => state === 'off-by-schedule');
});

test('one real-time scan a state; bad choices and missing patterns are errors with a code', TIMEOUT, async (t) => {
  const product = await makeRealtime(t);
  await product.start('--watch', product.mounts.directory);
  const codeOf = async (...argv: string[]): Promise<unknown> => {
    const { code, stdout } = await product.lazaret('realtime', '--json', ...argv);
    assert.equal(code, 2, stdout);
    return (JSON.parse(stdout) as { error: { code: string } }).error.code;
  };
  assert.equal(await codeOf('--watch', product.mounts.directory), 'realtime.runs_already');
  assert.equal(await codeOf('--deadline-ms', '99'), 'limits.out_of_range');
  assert.equal(await codeOf('--watch', '//server/share'), 'targets.network');
  assert.equal(await codeOf('--patterns', '/no/such/place'), 'path.not_found');
});

test('its command is killed: what it started does not stay behind', TIMEOUT, async (t) => {
  const product = await makeRealtime(t);
  const realtime = await product.start('--watch', product.mounts.directory);
  const supervisor = realtime.pid('lazaret-supervisor');
  realtime.process.kill('SIGKILL');
  await until(() => !existsSync(`/proc/${supervisor}`), 'the supervisor has ended');
});
