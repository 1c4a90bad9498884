// SPDX-License-Identifier: Apache-2.0
// Policies and questions to them: facts of a VM that never changes, and generators that like what is near a rule's edge.
import fc from 'fast-check';
import {
  ACTION_RULES,
  bytesTextFromBytes,
  defaultPolicy,
  pathTextToBytes,
  RULED_REASONS,
  temporal,
  UNSCANNED_ACTIONS,
  type Action,
  type Exception,
  type GateFacts,
  type RealtimeSettings,
  type UnscannedRule,
} from '@lazaret/core';
import { bytesOfText, type Question } from './asking.ts';

const DIGESTS = ['a', '5', 'c'].map((digit) => digit.repeat(64));
const PROGRAMS = ['/usr/bin/db', '/opt/db/db', '/usr/bin/other'];

/** Entries' targets are the entries themselves but one, which is a link. */
export function factsFor(settings: RealtimeSettings): GateFacts {
  const entries = settings.directories.kind === 'list' ? settings.directories.entries : [];
  return {
    targets: {
      operatingSystem: 'linux',
      ownDirectories: ['/var/opt/lazaret', '/run/lazaret'],
      intelliScan: {
        types: ['elf', 'zip'],
        textTypes: ['text'],
        listedNames: ['.php', '.tar.gz', 'crontab', '.ΣΑΣ', '.É'],
      },
      entries: entries.map(({ path }) => ({
        exists: true,
        target: path === '/link' ? '/srv/real' : path,
        fileSystem: 'local',
      })),
    },
    exceptions: {
      operatingSystem: 'linux',
      now: temporal.Instant.from('2027-01-01T00:00:00Z'),
      variables: { TMPDIR: '/tmp', HOMES: '/home' },
      everyoneCanWrite: () => false,
      link: () => null,
      userId: (name) => (name === 'db' ? 112 : null),
      program: (path, { sha256 }) => {
        const index = PROGRAMS.indexOf(path);
        if (index === -1) return null;
        // The second is a link to the first.
        const inode = index === 1 ? '100' : String(100 + index);
        return {
          target: path,
          device: '2049',
          inode,
          changedNs: '1700000000000000007',
          sha256: sha256 ? (DIGESTS[index] ?? null) : null,
        };
      },
    },
    actions: {
      realtime: {
        test: ACTION_RULES.pass,
        pua: ACTION_RULES.pass,
        trojan: ACTION_RULES.quarantine,
        macro: ACTION_RULES.clean,
      },
      scheduled: {},
      manual: {},
    },
    kinds: [
      { prefix: 'Win.Σ', kind: 'pua', exact: true },
      { prefix: 'Unix', kind: 'pua', exact: true },
      { prefix: 'Eicar', kind: 'test' },
      { prefix: 'PUA.', kind: 'pua' },
      { prefix: '*.Trojan', kind: 'trojan' },
      { prefix: '*.*.Σmacro', kind: 'macro' },
    ],
  };
}

const NAMES = [
  'a',
  'srv',
  'real',
  'tmp',
  'home',
  'x',
  'a.php',
  'A.PHP',
  'b.tar.gz',
  'B.Tar.GZ',
  'crontab',
  'CronTab',
  '.htaccess',
  'noext',
  'é',
  'É.É',
  'x.σας',
  'x.ΣΑΣ',
  'ı.İ',
  '.',
  '..a',
  'a.',
  '.php',
  '*',
  '?',
];
const literal = fc.constantFrom(...NAMES.filter((name) => name !== '.'), 'var', 'opt', 'lazaret', 'run');
const directory = fc
  .array(
    literal.filter((name) => !/[*?]/.test(name)),
    { maxLength: 4 },
  )
  .map((names) => `/${names.join('/')}`);
const globName = fc.oneof(
  literal,
  fc.constantFrom('**', '*', '?', '*.php', 'a*', '?.*', '*a*b*', '${TMPDIR}', 'x${HOMES}'),
);
const glob = fc.array(globName, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join('/')}`);
const extension = fc.constantFrom('php', '.PHP', 'tar.gz', '', 'É', 'σας', 'ΣΑΣ', 'İ', 'i', 'gz');
const threat = fc.constantFrom(
  'Eicar-Test',
  'eicar',
  'Win.Trojan.A',
  'win.ς',
  'Win.ΣX',
  'UNIX',
  'Unix.A',
  'PUA.x',
  'a.b.ςmacro.1',
  'a.b.ΣMACRO',
  'é',
  '',
  'Trojan',
);
const threatGlob = fc.constantFrom('Eicar*', '*Trojan*', '?', 'é', 'P?A.*', '*.*');

const UNITS = ['', 'db.service', 'other.service'] as const;

const exception: fc.Arbitrary<Exception> = fc.oneof(
  glob.map((path) => ({ match: { directory: path } })),
  glob.map((path) => ({ match: { file: path } })),
  extension.map((text) => ({ match: { extension: text } })),
  fc.constantFrom(...DIGESTS).map((sha256) => ({ match: { sha256 } })),
  threatGlob.map((pattern) => ({ match: { pattern } })),
  fc.constantFrom(...PROGRAMS, '/gone').map((process) => ({ match: { process } })),
  fc
    .tuple(fc.constantFrom(...PROGRAMS), fc.constantFrom(...DIGESTS))
    .map(([process, programSha256]) => ({ match: { process, programSha256 } })),
  fc
    .tuple(fc.constantFrom(...PROGRAMS), fc.constantFrom('db', '0', '112', 'gone'), fc.constantFrom(...UNITS))
    .map(([process, user, unit]) => ({ match: unit === '' ? { process, user } : { process, user, unit } })),
  glob.map((path) => ({ match: { directory: path }, expires: '2026-01-01T00:00:00Z' })),
);

const reason = fc.constantFrom(...RULED_REASONS);
const unscannedRule: fc.Arbitrary<UnscannedRule> = fc.record(
  {
    reasons: fc.array(reason, { minLength: 1, maxLength: 3 }),
    directory,
    action: fc.constantFrom(...UNSCANNED_ACTIONS),
  },
  { requiredKeys: ['action'] },
);

export const settings: fc.Arbitrary<RealtimeSettings> = fc
  .record({
    directories: fc.oneof(
      fc.constant({ kind: 'all' } as const),
      fc
        .array(fc.record({ path: fc.oneof(directory, fc.constant('/link')), subdirectories: fc.boolean() }), {
          minLength: 1,
          maxLength: 4,
        })
        .map((entries) => ({ kind: 'list', entries }) as const),
    ),
    files: fc.oneof(
      fc.constantFrom({ kind: 'all' } as const, { kind: 'intelliscan' } as const),
      fc
        .array(extension, { minLength: 1, maxLength: 4 })
        .map((extensions) => ({ kind: 'extensions', extensions }) as const),
    ),
    exceptions: fc.array(exception, { maxLength: 6 }),
    unscanned: fc.array(unscannedRule, { maxLength: 4 }),
    action: fc.oneof(
      fc.constant({ kind: 'recommended' } as const),
      fc.constantFrom<Action>('pass', 'deny', 'quarantine').map((primary) => ({ kind: 'custom', primary }) as const),
    ),
  })
  .map((part): RealtimeSettings => Object.assign({}, defaultPolicy.realtime, part));

/** Bytes that are no UTF-8, characters cut in two, and names as rules have them. */
const nameBytes = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...NAMES, 'var', 'opt', 'lazaret')
      .map((text) => bytesTextFromBytes(pathTextToBytes(text))),
  },
  {
    weight: 1,
    arbitrary: fc
      .uint8Array({ minLength: 1, maxLength: 6 })
      .map((bytes) => bytesTextFromBytes(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x78 : byte)))),
  },
);
const path = fc.array(nameBytes, { minLength: 1, maxLength: 6 }).map((names) => `/${names.join('/')}`);

export const question: fc.Arbitrary<Question> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ question: fc.constantFrom('decide' as const, 'decideForeign' as const), path }) },
  { weight: 2, arbitrary: fc.record({ question: fc.constant('holds' as const), path, foreign: fc.boolean() }) },
  fc.record({ question: fc.constant('unscanned' as const), path, reasons: fc.array(reason, { maxLength: 4 }) }),
  fc.record({
    question: fc.constant('digest' as const),
    sha256: fc.constantFrom(...DIGESTS, 'A'.repeat(64), 'b'.repeat(64)),
  }),
  fc.record({
    question: fc.constant('process' as const),
    device: fc.constantFrom('2049', '1'),
    inode: fc.constantFrom('100', '101', '102'),
    changedNs: fc.constantFrom('1700000000000000007', '1700000000000000008'),
    uid: fc.constantFrom(0, 112, 113),
    unit: fc.constantFrom(...UNITS),
  }),
  fc.record({
    question: fc.constant('fileSystem' as const),
    type: fc.constantFrom('ext4', 'proc', 'nfs4', 'fuse', 'fuse.sshfs', 'fuse.x', 'tmpfs', 'overlay', 'autofs', ''),
    source: fc.constantFrom('', '/dev/sda1', 'host:/x', 'c:/x', 'u@h:/x', '//host/x', 'NFS:x', 'sshfs:', 'x:y'),
  }),
  fc.record({
    question: fc.constantFrom('passes' as const, 'threats' as const),
    names: fc.array(threat.map(bytesOfText), { maxLength: 3 }),
  }),
);
