// SPDX-License-Identifier: Apache-2.0
// Policies, exceptions and patterns of the stand-in manager.
import { defaultPolicy } from '@lazaret/core';
import { ago, HASH, id } from './fixture-vms.ts';

const DOCUMENT = {
  ...defaultPolicy,
  name: 'Web',
  realtime: {
    ...defaultPolicy.realtime,
    schedule: {
      kind: 'week',
      ranges: [
        { day: 'monday', from: '08:00', to: '20:00' },
        { day: 'saturday', from: '22:00', to: '06:00' },
      ],
    },
    unscanned: [{ reasons: ['encrypted', 'password'], directory: '/srv/upload', action: 'deny' }, { action: 'notify' }],
    exceptions: [
      {
        match: { directory: '/var/lib/mysql' },
        author: 'Aoi Tanaka',
        reason: 'Database',
        expires: '2027-03-01T00:00:00Z',
      },
      { match: { process: '/usr/sbin/mariadbd', user: 'mysql', unit: 'mariadb.service' }, reason: 'Database' },
    ],
  },
};

const ROW = {
  id: id(20),
  name: 'Web',
  isDefault: true,
  revision: 43,
  hash: HASH,
  groups: [{ id: id(30), name: 'Osaka' }],
  createdAt: ago(90_000),
  updatedAt: ago(90),
};

export const POLICIES = [ROW, { ...ROW, id: id(21), name: 'Databases', isDefault: false, revision: 7, groups: [] }];
export const POLICY = { ...ROW, document: DOCUMENT, notApplied: [] };
export const REVISIONS = [43, 42].map((number) => ({
  revision: number,
  hash: HASH,
  author: 'Aoi Tanaka',
  comment: number === 43 ? 'Scan at night' : null,
  createdAt: ago(4300 - number),
}));

export function revision(number: number) {
  const scheduled = {
    ...DOCUMENT.scheduled,
    schedule: { kind: 'daily', at: number === 42 ? '02:00' : '03:00', every: 'day' },
  };
  return {
    revision: number,
    hash: HASH,
    author: 'Aoi Tanaka',
    comment: null,
    createdAt: ago(90),
    document: { ...DOCUMENT, scheduled },
  };
}

export const EXCEPTIONS = [
  {
    id: 'a'.repeat(32),
    policy: { id: id(20), name: 'Web' },
    kind: 'realtime',
    match: { directory: '/var/lib/mysql' },
    author: 'Aoi Tanaka',
    reason: 'Database',
    expires: '2027-03-01T00:00:00.000Z',
    expired: false,
  },
  {
    id: 'b'.repeat(32),
    policy: { id: id(20), name: 'Web' },
    kind: 'realtime',
    match: { process: '/usr/sbin/mariadbd', user: 'mysql', unit: 'mariadb.service' },
    author: 'Aoi Tanaka',
    reason: 'Database',
    expires: null,
    expired: false,
  },
];

export const EXPLAINED = {
  commandId: id(640),
  state: 'answered',
  path: '/var/lib/mysql/x.ibd',
  answers: [
    { kind: 'realtime', scanned: 'no', why: 'exception', decidedBy: '/realtime/exceptions/0' },
    { kind: 'scheduled', scanned: 'yes', why: 'all', decidedBy: '/scheduled/directories' },
    { kind: 'manual', scanned: 'if-type', why: 'all', decidedBy: '/manual/files' },
  ],
  policyHash: HASH,
  error: null,
};

export const PATTERNS = {
  releases: (['active', 'imported', 'withdrawn'] as const).map((state, index) => ({
    id: `2026.11.2${5 - index}-1-${HASH}`,
    label: `2026.11.2${5 - index}-1`,
    state,
    source: '/var/lib/clamav',
    importedAt: ago(600 * (index + 1)),
    importedBy: 'Aoi Tanaka',
    activatedAt: state === 'imported' ? null : ago(590 * (index + 1)),
    files: 4,
    bytes: 310_000_000,
    vms: state === 'active' ? 280 : index,
  })),
  vmsOther: 2,
  vmsNone: 3,
  lastCheckAt: ago(12),
};

export const SIGNATURES = (['active', 'checking', 'refused'] as const).map((state, index) => ({
  id: id(900 + index),
  kind: (['sha256', 'clamav', 'yara'] as const)[index],
  name: `Acme.Own.${index}`,
  body: index === 2 ? 'rule acme { condition: fals }' : HASH,
  threatKind: 'other',
  reason: 'Incident 12',
  createdAt: ago(400),
  createdBy: 'Aoi Tanaka',
  state,
  why: state === 'refused' ? 'line 1: undefined identifier "fals"' : null,
}));
