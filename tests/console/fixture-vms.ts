// SPDX-License-Identifier: Apache-2.0
// Three hundred VMs in every state, one of them with a hostile name.
import { LINK_STATES, PROTECTION_STATES, SETTINGS_STATES, type ScanScope, type Vm } from '@lazaret/contract';

export const id = (number: number): string => `01939d00-0000-7000-8000-${String(number).padStart(12, '0')}`;
/** Fixed: a page of today is the page of tomorrow. */
export const NOW = Date.parse('2026-11-25T02:00:00Z');
export const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();
export const RELEASE = '2026.11.25-1-9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a0';
export const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const pick = <T>(values: readonly T[], index: number, usual: T): T =>
  index % 9 === 0 ? (values[(index / 9) % values.length] ?? usual) : usual;

const EVERYWHERE: ScanScope = { directories: 'all', paths: [], morePaths: 0, files: 'all', exceptions: 0 };
const FOLDERS: ScanScope = {
  directories: 'list',
  paths: [
    '/srv',
    '/home',
    '/var/www/a folder with a long name of which nobody knows how it came to be',
    '/opt/\u{202e}x',
    '/tmp',
    '/mnt/a',
  ],
  morePaths: 3,
  files: 'intelliscan',
  exceptions: 4,
};

export const VMS: readonly Vm[] = Array.from({ length: 300 }, (_, index): Vm => {
  const link = pick(LINK_STATES, index, 'online');
  const never = link === 'never-activated';
  return {
    id: id(1000 + index),
    name: index === 3 ? 'web\u{202e}gnp.03' : `${index % 2 === 0 ? 'web' : 'db'}-${String(index + 1).padStart(3, '0')}`,
    group: index % 3 === 0 ? { id: id(30), name: 'Osaka' } : null,
    link: { state: link, lastSeenAt: never ? null : ago(link === 'online' ? 0.2 : 95) },
    protection: { state: never ? 'unknown' : pick(PROTECTION_STATES, index + 9, 'protected'), why: null },
    settings: {
      state: never ? 'unknown' : pick(SETTINGS_STATES, index + 18, 'applied'),
      desired: { policyId: id(20), name: 'Web', revision: 43, hash: HASH },
      applied: never ? null : { hash: HASH, revision: index % 18 === 0 ? 42 : 43 },
    },
    protects: never ? null : { realtime: index % 4 === 0 ? FOLDERS : EVERYWHERE, scheduled: EVERYWHERE },
    patterns: {
      release: never ? null : RELEASE,
      since: never ? null : ago(600),
      signatures: never ? null : 8_712_345,
      starterOnly: false,
    },
    system: {
      os: 'Debian GNU/Linux 12',
      kernel: '6.1.0-41-amd64',
      agentVersion: '0.1.0',
      addresses: [`10.0.${index >> 8}.${index & 255}`],
      zone: 'Asia/Tokyo',
    },
    alarms: link === 'offline' ? ['offline'] : [],
    runningScanId: index === 0 ? id(500) : null,
    lastScan: { scanId: id(501), endedAt: ago(300), state: 'done', coverage: { lookedAt: 99_996, all: 100_000 } },
    createdAt: ago(60 * 24 * 40),
  };
});
