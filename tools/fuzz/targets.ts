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
  target('scanner-iso', scanner('reading/iso-entry', 'reading/iso-image', 'reading/iso-source')),
  target('scanner-zip', scanner('zip/zip-directory', 'zip/zip-end')),
  target('scanner-rar5', scanner('formats/rar5')),
  target('scanner-rar4', scanner('formats/rar4')),
  target('scanner-promises', scanner('formats/promises')),
  target(
    'scanner-mail',
    scanner('mail/mail-coding', 'mail/mail-head', 'mail/mail-outline', 'mail/mail-parts', 'formats/mail-text'),
  ),
  target('scanner-facts', scanner('reading/member-facts')),
  target('scanner-password', scanner('formats/passwords', 'formats/pdf-encryption')),
  target(
    'scanner-identify',
    scanner(
      'formats/types',
      'formats/text-kind',
      'formats/containers',
      'zip/archive-behind',
      'zip/zip-directory',
      'zip/zip-end',
    ),
  ),
  target('scanner-ledger', scanner('base/ledger')),
  target('scanner-broker', scanner('base/channel', 'broker/clients', 'broker/dispatch', 'broker/workers')),
  target(
    'scanner-file',
    scanner(
      'unpack/file-scan',
      'unpack/walker',
      'unpack/walk-kept',
      'unpack/beside',
      'reading/byte-source',
      'engine/engine',
      'worker/scan-file',
      'unpack/proven-members',
    ),
    {
      share: 3,
      engine: true,
    },
  ),
  target('gate-rules', gate('rules/configuration', 'rules/scope-parse')),
  target('gate-path', gate('rules/scope', 'rules/scope-glob', 'rules/scope-text')),
  target('gate-mounts', gate('mounts/mount-table')),
  target('gate-verdict', gate('judging/verdict')),
  target('gate-process', gate('opens/process-owner', 'opens/program-content')),
  target('gate-agent-link', gate('telling/agent-link', 'telling/outbox')),
  target('gate-scanner-link', gate('judging/scanner-link')),
  target('supervisor-takeover', ['supervisor/src/takeover', ...gate('telling/let-through-log')]),
  target('fdlink-messages', ['fdlink/addon/message']),
  target('door-relay', ['door/src/relay', 'door/src/vet']),
  target('door-tables', ['door/src/mount-table']),
];

/** Faults made on purpose: the runner's own test sees each of them reported. Run only when they are named. */
export const PLANTED: readonly FuzzTarget[] = ['overrun', 'leak', 'overflow', 'hang', 'slow', 'none'].map((name) =>
  target(`planted-${name}`, ['fuzz/planted']),
);
