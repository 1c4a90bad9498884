// SPDX-License-Identifier: Apache-2.0
// Notices, audit, people, settings and enrolment of the stand-in manager.
import { ago, id } from './fixture-vms.ts';

const web = { id: id(1000), name: 'web-001' };
const both = (en: string, ja: string) => ({ en, ja });
export const NOTICES = [
  {
    id: id(950),
    kind: 'planned',
    title: both('Database maintenance', 'データベースのメンテナンス'),
    text: both('The console is read-only for about ten minutes.', 'コンソールは約10分間、閲覧のみになります。'),
    reason: null,
    startsAt: '2099-11-30T15:00:00.000Z',
    endsAt: '2099-11-30T15:30:00.000Z',
    endedAt: null,
    createdAt: ago(100),
    tenantIds: null,
  },
  {
    id: id(951),
    kind: 'urgent',
    title: both('Mail server replaced', 'メールサーバーの交換'),
    text: both('Notifications were late.', '通知が遅れました。'),
    reason: 'Disk failure',
    startsAt: ago(3000),
    endsAt: null,
    endedAt: ago(2800),
    createdAt: ago(3000),
    tenantIds: null,
  },
];

export const AUDIT = [
  {
    id: id(960),
    at: ago(9),
    actor: { kind: 'user', id: id(2), name: 'Aoi Tanaka' },
    action: 'policies.update',
    subject: `policy:${id(20)}`,
    before: { scheduled: { schedule: { at: '02:00' } } },
    after: { scheduled: { schedule: { at: '03:00' } } },
  },
  {
    id: id(961),
    at: ago(90),
    actor: { kind: 'system', id: '', name: 'manager' },
    action: 'vms.retire',
    subject: `vm:${id(1001)}`,
    before: { name: 'db-001', membership: 'active' },
    after: null,
  },
];

export const USERS = [
  {
    id: id(2),
    email: 'admin@example.com',
    name: 'Aoi Tanaka',
    role: 'admin',
    state: 'active',
    totp: true,
    lastSeenAt: ago(1),
    createdAt: ago(9000),
  },
  {
    id: id(3),
    email: 'reader@example.com',
    name: '',
    role: 'read-only',
    state: 'invited',
    totp: false,
    lastSeenAt: null,
    createdAt: ago(50),
  },
];
export const TOKENS = [
  {
    id: id(970),
    name: 'Grafana',
    rights: ['vms.read', 'alarms.read'],
    createdBy: 'Aoi Tanaka',
    createdAt: ago(500),
    expiresAt: ago(-9000),
    lastUsedAt: ago(2),
  },
];
export const CONSENTS = [
  {
    id: id(971),
    scope: 'read',
    reason: 'Ticket 4711',
    grantedBy: 'Aoi Tanaka',
    startsAt: ago(10),
    endsAt: ago(-200),
    revokedAt: null,
    active: true,
  },
];
export const TERMS = {
  current: {
    version: 2,
    title: both('Terms of use', '利用規約'),
    text: both('No warranty.', '無保証です。'),
    publishedAt: ago(5000),
  },
  accepted: [{ version: 1, by: 'Aoi Tanaka', at: ago(9000) }],
  pending: true,
};
export const CONTACTS = { contacts: [{ email: 'ops@example.com', language: 'ja', topics: ['detections', 'alarms'] }] };
export const WEBHOOK = { url: 'https://hooks.example.com/lazaret', secretSet: true, topics: ['detections'] };
export const DESTINATIONS = {
  destinations: [
    { kind: 'smtp', address: 'mail.example.com:587', setBy: 'provider', sent: ['detections', 'alarms', 'notices'] },
    { kind: 'contact', address: 'ops@example.com', setBy: 'tenant', sent: ['detections'] },
  ],
};
export const SUPPORT = {
  support: {
    name: 'Acme Cloud',
    email: 'help@example.com',
    phone: '+81 3 0000 0000',
    url: 'https://help.example.com',
    hours: '24/7',
  },
};

const NAMED_POLICY = { id: id(20), name: 'Web' };
export const ENROLMENT = {
  token: {
    id: id(980),
    note: '',
    policy: NAMED_POLICY,
    group: null,
    uses: 1,
    used: 0,
    createdAt: ago(1),
    createdBy: 'Aoi Tanaka',
    expiresAt: ago(-1440),
    revokedAt: null,
  },
  secret: 'lze_example',
  command: 'curl -fsSL --cacert ca.pem https://manager.example.com:4443/install.sh | sh -s -- --token lze_example',
};
export const PROGRESS = {
  attempts: [
    {
      vm: web,
      name: 'web-001',
      startedAt: ago(1),
      steps: (['connected', 'clock', 'activated', 'policy', 'patterns', 'test-file'] as const).map((step, index) => ({
        step,
        state: index < 3 ? 'done' : 'waiting',
        at: index < 3 ? ago(1) : null,
        error: null,
      })),
    },
  ],
};

export const PROVIDER_SETTINGS = {
  startWindow: 'refused',
  support: SUPPORT.support,
  agentsAddress: 'manager.example.com',
  consoleUrl: 'https://manager.example.com:4443',
};
export const SMTP = {
  smtp: {
    host: 'mail.example.com',
    port: 587,
    security: 'starttls',
    user: 'lazaret',
    from: 'lazaret@example.com',
    passwordSet: true,
  },
};
export const TENANTS = [
  { id: id(1), name: 'Acme', createdAt: ago(9000), suspendedAt: null, consent: 'read' },
  { id: id(4), name: 'Globex', createdAt: ago(8000), suspendedAt: ago(100), consent: null },
];
export const TOTP = {
  secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  uri: 'otpauth://totp/Lazaret:admin%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Lazaret&digits=6&period=30',
};
