// SPDX-License-Identifier: Apache-2.0
// The process of an event (RT-11), from what the gate saw of it: texts for people, secrets masked, the account by its name.
import { readFileSync } from 'node:fs';
import { OPENER_LIMITS, type GateOpener, type Opener } from '@lazaret/contract';
import { maskSecrets } from '@lazaret/core';
import type { Clock } from '@lazaret/platform';
import { displayOf } from '../gate/gate-text.ts';
import type { OpenerFacts } from '../../ports/processes.ts';

/** USER_HZ: what /proc counts in on every Linux. */
const TICKS_PER_SECOND = 100;

export function toOpener(opener: GateOpener | null, facts: OpenerFacts): Opener | null {
  if (opener === null) return null;
  const { pid, startTime, uid, gid, container, parents } = opener;
  const cut = (text: string, length: number): string => displayOf(text).slice(0, length);
  const commandLine = opener.commandLine
    .slice(0, OPENER_LIMITS.arguments)
    .map((argument) => cut(argument, OPENER_LIMITS.argumentLength));
  return {
    pid,
    startedAt: startTime == null ? null : startedAt(startTime, facts),
    executable: cut(opener.executable, OPENER_LIMITS.pathLength),
    commandLine: facts.masked(commandLine).map((argument) => argument.slice(0, OPENER_LIMITS.argumentLength)),
    user: uid < 0 ? null : facts.userName(uid),
    uid: uid < 0 ? null : uid,
    gid: gid < 0 ? null : gid,
    container: container?.slice(0, 256) ?? null,
    parents: parents
      .slice(0, OPENER_LIMITS.parents)
      .map((parent) => ({ pid: parent.pid, executable: cut(parent.executable, OPENER_LIMITS.pathLength) })),
  };
}

function startedAt(ticks: number, { bootedAtMs }: OpenerFacts): string | null {
  const ms = bootedAtMs + (ticks / TICKS_PER_SECOND) * 1_000;
  return ms < 8.64e15 ? new Date(ms).toISOString() : null;
}

/** So many command lines are remembered: one process opens thousands of files, and the masks take a millisecond. */
const LINES_MAX = 64;

export function maskingOnce(): OpenerFacts['masked'] {
  const known = new Map<string, readonly string[]>();
  return (commandLine) => {
    const key = JSON.stringify(commandLine);
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= LINES_MAX) known.clear();
    const masked = maskSecrets(commandLine);
    known.set(key, masked);
    return masked;
  };
}

/** Accounts are read again so often. */
const ACCOUNTS_MS = 60_000;

export function systemOpenerFacts(clock: Clock): OpenerFacts {
  let names = new Map<number, string>();
  let readAtMs = -Infinity;
  return {
    bootedAtMs: readBootMs(),
    masked: maskingOnce(),
    userName: (uid) => {
      if (clock.monotonicMs() - readAtMs >= ACCOUNTS_MS) {
        names = readAccounts();
        readAtMs = clock.monotonicMs();
      }
      return names.get(uid) ?? String(uid);
    },
  };
}

function readBootMs(): number {
  const [, seconds = '0'] = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1')) ?? [];
  return Number(seconds) * 1_000;
}

function readAccounts(): Map<number, string> {
  const names = new Map<number, string>();
  try {
    for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
      const [name = '', , uid = ''] = line.split(':');
      if (/^\d+$/.test(uid) && !names.has(Number(uid))) names.set(Number(uid), name.slice(0, 256));
    }
  } catch {
    // No accounts are known then: numbers are told.
  }
  return names;
}
