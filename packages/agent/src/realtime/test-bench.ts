// SPDX-License-Identifier: Apache-2.0
// For tests: real-time's side of the agent against a stand-in of the gate's socket, with an engine that finds one text and an action that is only kept.
import { after, type TestContext } from 'node:test';
import { closeSync, fstatSync, mkdirSync, openSync, utimesSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ActionRow, ScannerAnswer } from '@lazaret/contract';
import { defaultPolicy, type RealtimeSettings } from '@lazaret/core';
import { HOST } from '@lazaret/host';
import { systemClock, type Clock } from '@lazaret/platform';
import { temporaryDirectory } from '@lazaret/testkit';
import { acceptPolicy } from '../policy/index.ts';
import type { InfectedFile } from '../scan/index.ts';
import { openRealtime } from './realtime.ts';
import { testGate, type TestGate } from './test-gate.ts';
import type { Realtime, RealtimeDetection, RealtimeFacts, RealtimeParts } from './types.ts';

const STARTER = { types: [], textTypes: [], listedNames: [] };
export const INFECTED = 'infected';

export function answerOf(text: string): ScannerAnswer {
  const infected = text === INFECTED;
  return {
    verdict: infected ? 'infected' : 'clean',
    threats: infected ? [{ name: 'Test.Virus', engine: 'yara', layers: [] }] : [],
    unscanned: [],
    trueType: 'text',
    bytes: text.length,
    sha256: null,
    coverage: { lookedAt: 1, all: 1 },
    timeMs: 1,
  };
}

interface Acted {
  readonly file: InfectedFile;
  readonly facts: RealtimeFacts;
  readonly inode: number;
}

export interface Bench {
  readonly directory: string;
  readonly gate: TestGate;
  readonly realtime: Realtime;
  readonly parts: RealtimeParts;
  readonly acted: readonly Acted[];
  readonly events: readonly { readonly type: string; readonly [field: string]: unknown }[];
  readonly setPolicy: (realtime: Partial<RealtimeSettings>) => void;
  /** Resolves when an event of this type, and of these fields, was appended. */
  readonly event: (type: string, fields?: object) => Promise<Record<string, unknown>>;
  readonly told: readonly RealtimeDetection[];
  /** Ends it, as SIGTERM does. */
  readonly stop: () => Promise<void>;
}

export interface BenchOptions {
  readonly gate?: boolean;
  readonly mode?: 'permission' | 'notification';
  readonly supervised?: boolean;
  /** When the heartbeat of another supervisor last was. */
  readonly aliveMs?: number;
  readonly otherListener?: string;
  /** No scan ends before. */
  readonly scansEnd?: Promise<void>;
  /** Resolves when all events so far are on disk. */
  readonly synced?: () => Promise<void>;
  /** Asked before each event is written; throws where the disk takes none. */
  readonly write?: (type: string) => void;
  readonly policy?: Partial<RealtimeSettings>;
  readonly clock?: Clock;
}

export async function bench(t: TestContext, options: BenchOptions = {}): Promise<Bench> {
  const base = temporaryDirectory(t);
  const [directory, run] = [join(base, 'files'), join(base, 'run')];
  mkdirSync(directory);
  mkdirSync(run);
  const aliveFile = join(base, 'alive');
  if (options.aliveMs !== undefined) {
    writeFileSync(aliveFile, '1-1-00000000\n');
    utimesSync(aliveFile, options.aliveMs / 1_000, options.aliveMs / 1_000);
  }
  const gate = testGate(join(run, 'gate.sock'), options.mode);
  let inForce = policyFor(directory, options.policy ?? {});
  const kept = keepEvents(options);
  const acted: Acted[] = [];
  const told: RealtimeDetection[] = [];
  const parts: RealtimeParts = {
    ...FIXED,
    clock: options.clock ?? systemClock,
    engine: engineThatFindsOneText(options.scansEnd),
    spool: kept.spool,
    gateSocket: join(run, 'gate.sock'),
    privateDirectory: run,
    aliveFile,
    ownDirectories: [run],
    supervisorPid: options.supervised === false ? null : process.pid,
    listener: { ...DEAF, detection: (detection) => void told.push(detection) },
    inForce: () => inForce,
    otherListener: () => options.otherListener ?? null,
    act: async (file, facts) => {
      acted.push({ file, facts, inode: fstatSync(file.opened.descriptor).ino });
      const row = await actBy(inForce, facts);
      parts.spool.append('detection', { path: file.text, ...facts, deny: undefined });
      return row;
    },
  };
  const realtime = openRealtime(parts);
  const end = new AbortController();
  const ended = realtime.run(end.signal);
  const stop = async (): Promise<void> => {
    end.abort();
    await ended;
    gate.close();
  };
  t.after(stop);
  const setPolicy = (changed: Partial<RealtimeSettings>): void => {
    inForce = policyFor(directory, changed);
    realtime.refresh();
  };
  const { events, event } = kept;
  return { directory, gate, realtime, parts, acted, events, told, event, stop, setPolicy };
}

const FIXED: Pick<RealtimeParts, 'host' | 'log' | 'tables' | 'patternRelease' | 'zone'> = {
  host: HOST,
  log: { info: () => {}, warn: () => {}, error: () => {} },
  tables: () => ({
    intelliScan: STARTER,
    kinds: [],
    tenantNames: new Set(),
    kindOf: () => 'virus',
    actions: { realtime: {}, scheduled: {}, manual: {} },
  }),
  patternRelease: () => 'starter-000000000000',
  zone: () => 'UTC',
};

const DEAF: NonNullable<RealtimeParts['listener']> = {
  ready: () => {},
  state: () => {},
  letThrough: () => {},
  gap: () => {},
  detection: () => {},
};

function policyFor(directory: string, realtime: Partial<RealtimeSettings>): ReturnType<typeof acceptPolicy> {
  const directories = { kind: 'list' as const, entries: [{ path: directory, subdirectories: true }] };
  return acceptPolicy(
    { ...defaultPolicy, realtime: { ...defaultPolicy.realtime, directories, ...realtime } },
    'the test',
  );
}

function engineThatFindsOneText(scansEnd?: Promise<void>): RealtimeParts['engine'] {
  return {
    profileBytes: () => Promise.resolve(Buffer.alloc(96)),
    scan: async (file) => {
      await scansEnd;
      const bytes = Buffer.alloc(INFECTED.length);
      await file.readAt(bytes, 0);
      return answerOf(bytes.toString());
    },
  };
}

/** Does nothing but Deny, and says that it was done. */
async function actBy({ policy }: ReturnType<typeof acceptPolicy>, facts: RealtimeFacts): Promise<ActionRow> {
  const { action } = policy.realtime;
  const primary = action.kind === 'custom' ? action.primary : 'quarantine';
  if (primary === 'deny') await facts.deny();
  return { primary: { action: primary, result: 'done' }, notify: false, decidedBy: '/realtime/action' };
}

function keepEvents({ write, synced }: BenchOptions): Pick<Bench, 'events' | 'event'> & Pick<RealtimeParts, 'spool'> {
  const events: { type: string; [field: string]: unknown }[] = [];
  let wake = Promise.withResolvers<void>();
  return {
    events,
    spool: {
      append: (type, fields) => {
        write?.(type);
        events.push({ type, ...fields });
        wake.resolve();
        wake = Promise.withResolvers();
        return events.length;
      },
      synced: synced ?? (() => Promise.resolve()),
    },
    event: async (type, fields = {}) => {
      const fits = (one: Record<string, unknown>): boolean =>
        one['type'] === type && Object.entries(fields).every(([name, value]) => one[name] === value);
      for (;;) {
        const found = events.find(fits);
        if (found !== undefined) return found;
        await wake.promise;
      }
    },
  };
}

export function letThrough(number: number, path: string): object {
  return {
    type: 'let-through',
    ...clue(path),
    number,
    letThrough: randomUUID(),
    cause: 'gate-died',
    answered: 'allow',
  };
}

export function clue(path: string): object {
  const stats = fstatSync(openAndClose(path), { bigint: true });
  return {
    id: 1,
    access: 'open',
    path: Buffer.from(path).toString('latin1'),
    believed: true,
    file: { device: String(stats.dev), inode: String(stats.ino), handleType: null, handle: null },
    opener: {
      pid: process.pid,
      startTime: 1,
      executable: '/usr/bin/curl',
      commandLine: ['curl', '--token', 'hunter2'],
      uid: 0,
      gid: 0,
      container: null,
      parents: [{ pid: 1, executable: '/sbin/init' }],
    },
    waitedMs: 3,
    decidedBy: '/realtime/directories/entries/0',
  };
}

const opened: number[] = [];

export function openAndClose(path: string): number {
  const descriptor = openSync(path, 'r');
  opened.push(descriptor);
  return descriptor;
}

after(() => opened.forEach((descriptor) => closeSync(descriptor)));
