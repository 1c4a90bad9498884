// SPDX-License-Identifier: Apache-2.0
// Which targets there are, in which program, and whose lines each is meant to reach.

export interface FuzzTarget {
  readonly name: string;
  /** The program in .build/fuzz/programs (native/fuzz/fuzz.mk). */
  readonly room: 'scanner' | 'gate' | 'supervisor' | 'fdlink' | 'door' | 'planted';
  /** The parser's own sources: coverage is counted over these alone. */
  readonly sources: readonly string[];
  /** Of the time: 1 is a share like every other. */
  readonly share: number;
  /** libclamav and libyara work for the target: its processor time is not our parsers' own. */
  readonly engine: boolean;
}

function target(name: string, sources: readonly string[], more: Partial<FuzzTarget> = {}): FuzzTarget {
  const room = name.split('-')[0] as FuzzTarget['room'];
  return { name, room, sources: sources.map((source) => `native/${source}.cpp`), share: 1, engine: false, ...more };
}

const scanner = (...names: string[]): string[] => names.map((name) => `scanner/src/${name}`);
const gate = (...names: string[]): string[] => names.map((name) => `gate/src/${name}`);

export const TARGETS: readonly FuzzTarget[] = [
  target('scanner-iso', scanner('iso-entry', 'iso-image', 'iso-source')),
  target('scanner-zip', scanner('zip-directory')),
  target('scanner-rar5', scanner('rar5')),
  target('scanner-rar4', scanner('rar4')),
  target('scanner-promises', scanner('promises')),
  target('scanner-mail', scanner('mail-coding', 'mail-head', 'mail-outline', 'mail-parts', 'mail-text')),
  target('scanner-facts', scanner('member-facts')),
  target('scanner-password', scanner('passwords', 'pdf-encryption')),
  target('scanner-identify', scanner('types', 'containers', 'archive-behind')),
  target('scanner-ledger', scanner('ledger')),
  target('scanner-broker', scanner('channel', 'clients', 'dispatch', 'workers')),
  target('scanner-file', scanner('file-scan', 'walker', 'byte-source', 'engine', 'scan-file', 'proven-members'), {
    share: 3,
    engine: true,
  }),
  target('gate-rules', gate('rules', 'scope-parse')),
  target('gate-path', gate('scope', 'scope-glob', 'scope-text')),
  target('gate-mounts', gate('mount-table')),
  target('gate-verdict', gate('verdict')),
  target('gate-process', gate('process-owner', 'program-content')),
  target('gate-agent-link', gate('agent-link', 'outbox')),
  target('gate-scanner-link', gate('scanner-link')),
  target('supervisor-takeover', ['supervisor/src/takeover', ...gate('let-through-log')]),
  target('fdlink-messages', ['fdlink/addon/message']),
  target('door-relay', ['door/src/relay', 'door/src/vet']),
  target('door-tables', ['door/src/mount-table']),
];

/** Faults made on purpose: the runner's own test sees each of them reported. Run only when they are named. */
export const PLANTED: readonly FuzzTarget[] = ['overrun', 'leak', 'overflow', 'hang', 'slow', 'none'].map((name) =>
  target(`planted-${name}`, ['fuzz/planted']),
);
