// SPDX-License-Identifier: Apache-2.0
import { same, type Survivor } from './survivor.ts';

const PASSWORD = 'packages/manager/src/auth/factors/password.ts';
const CLONE = 'packages/manager/src/link/clones/clone.ts';
const ERRORS = 'packages/manager/src/server/errors.ts';
const PRESENT = 'packages/manager/src/vms/present.ts';
const CERTIFICATES = 'packages/manager/src/ca/certificates.ts';

export const MANAGER: readonly Survivor[] = [
  ...same('packages/manager/src/ingest/quota.ts', 'who just brought something is remembered, so there is an oldest', [
    'if (known.size > REMEMBERED_MAX && oldest !== undefined) known.delete(oldest);',
    'true',
  ]),
  ...same('packages/manager/src/auth/sign-in/fair-queue.ts', 'a lane of one is never longer than the own one will be', [
    'let longest: Waiting[] = [];',
    '["Stryker was here"]',
  ]),
  ...same('packages/manager/src/auth/sign-in/fair-queue.ts', 'of two that wait equally often either may give way', [
    'if (lane.length > longest.length) longest = lane;',
    'lane.length >= longest.length',
  ]),
  ...same('packages/manager/src/auth/sign-in/fair-queue.ts', 'what is longer than the own lane is not empty', [
    'longest.pop()?.refuse(busy());',
    'longest.pop().refuse',
  ]),
  ...same(
    PASSWORD,
    'what matched has its parts, and no hash is that text',
    [
      "const cost = parts === null ? PASSWORD_COST : { memoryKiB: Number(parts[1] ?? ''), passes: Number(parts[2] ?? '') };",
      '"Stryker was here!"',
    ],
    [
      "const salt = parts === null ? randomBytes(SALT_BYTES) : Buffer.from(parts[3] ?? '', 'base64');",
      '"Stryker was here!"',
    ],
    ["return parts !== null && timingSafeEqual(hash, Buffer.from(parts[4] ?? '', 'base64'));", '"Stryker was here!"'],
    ["const parts = STORED.exec(stored ?? '');", '"Stryker was here!"'],
  ),
  ...same('packages/manager/src/auth/sign-in/budgets.ts', 'either way case makes no difference', [
    'const account = email.trim().toLowerCase();',
    'email.trim().toUpperCase()',
  ]),
  ...same('packages/manager/src/auth/sign-in/budgets.ts', 'no device has that name', [
    "return [{ key: `code ${userId} ${device?.toString('hex') ?? ''}`, max: FAILURES_MAX }];",
    '"Stryker was here!"',
  ]),
  ...same('packages/manager/src/auth/grants/granting.ts', 'no right has that name', [
    'return new Set(tokenRights === null ? rightsOfRole(role) : rightsOfToken(role, tokenRights ?? []));',
    '["Stryker was here"]',
  ]),
  ...same('packages/manager/src/auth/factors/totp.ts', 'the library makes 20 bytes where nobody says how many', [
    'const secret = new Secret({ size: SECRET_BYTES });',
    '{}',
  ]),
  ...same(
    CLONE,
    'without a known mark everything fits: what is old, or aside, has one',
    ["if (saidAtMs > (known.mark?.saidAtMs ?? 0)) return { kind: 'double', next: known };", 'known.mark.saidAtMs'],
    ["verdict === 'fits' || former === undefined", 'false'],
  ),
  ...same(CLONE, 'a minute to the millisecond is one of two already', [
    "return { kind: 'late', next: { ...known, lateSinceMs: lateMs < HELD_UP_MS ? lateSinceMs : nowMs } };",
    'lateMs <= HELD_UP_MS',
  ]),
  ...same(CLONE, 'no instance has that name', [
    "return earlier.length - 1 - earlier.indexOf(settled ?? '') >= EARLIER_MAX - 1;",
    '"Stryker was here!"',
  ]),
  ...same('packages/manager/src/alarms/vm-facts.ts', 'neither text is an address', [
    "const [first = ''] = addresses;",
    '"Stryker was here!"',
  ]),
  ...same(CERTIFICATES, 'the library finds it by itself in Node', [
    'x509.cryptoProvider.set(webcrypto as never);',
    ';',
  ]),
  ...same(CERTIFICATES, 'no other kind of key names that curve', [
    "if (name !== 'ECDSA' || namedCurve !== 'P-256') throw new Error(`a key of ${name} ${namedCurve ?? ''}`);",
    'false',
  ]),
  ...same(CERTIFICATES, 'the key stays within this file', [
    "return webcrypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), KEY, false, ['sign']);",
    'true',
  ]),
  ...same(
    'packages/manager/src/server/address.ts',
    'either text is no address',
    ["const address = form?.[1] ?? form?.[2] ?? form?.[3] ?? '';", '"Stryker was here!"'],
    ["return readAddress(ip) ?? readAddress(socket.remoteAddress ?? '') ?? 'unknown';", '"Stryker was here!"'],
    ["const address = readAddress(text ?? '');", '"Stryker was here!"'],
  ),
  ...same('packages/manager/src/server/address.ts', 'what is split has a first part', [
    "const [written = '', bits] = network.split('/');",
    '"Stryker was here!"',
  ]),
  ...same(ERRORS, 'no error has such a code', [
    "return 'code' in error ? String(error.code) : '';",
    '"Stryker was here!"',
  ]),
  ...same(
    ERRORS,
    'Fastify names the part, its faults, and what is wrong with each',
    ["const part = error.validationContext ?? 'body';", '""'],
    [
      "const faults = (error.validation ?? []).slice(0, FAULTS_MAX).map(({ instancePath, message = 'is not valid' }) => ({",
      '["Stryker was here"]',
    ],
    [
      "const faults = (error.validation ?? []).slice(0, FAULTS_MAX).map(({ instancePath, message = 'is not valid' }) => ({",
      '""',
    ],
  ),
  ...same('packages/manager/src/policies/diff.ts', 'no name is there twice', [
    'left < right ? -1 : 1,',
    'left <= right',
  ]),
  ...same('packages/manager/src/ingest/detection-columns.ts', 'either text is no pointer', [
    "const pointer = decidedBy || action?.decidedBy || '';",
    '"Stryker was here!"',
  ]),
  ...same(
    'packages/manager/src/quarantine/archive.ts',
    'Node has no workers of a browser',
    ['configure({ useWebWorkers: false });', '{}'],
    ['configure({ useWebWorkers: false });', 'true'],
  ),
  ...same(PRESENT, 'a group has a name', [
    "group: row.group_id === null ? null : { id: row.group_id, name: row.group_name ?? '' },",
    '"Stryker was here!"',
  ]),
  ...same(PRESENT, 'no policy has that hash', [
    "protects: policies.get(row.applied_hash ?? '') ?? null,",
    '"Stryker was here!"',
  ]),
  ...same(PRESENT, 'for the types: no scan has no summary', [
    'if (scan === null || !summary.success) return null;',
    'false',
  ]),
  ...same(
    'packages/manager/src/auth/grants/consented-tenants.ts',
    'of two that end at the same time either may be shown',
    [
      "return consent.scope === known.scope ? consent.ends_at > known.ends_at : consent.scope === 'operate';",
      'consent.ends_at >= known.ends_at',
    ],
  ),
  ...same(
    'packages/manager/src/link/knock/wake-hub.ts',
    'memory alone: nobody is woken where nobody waits',
    ['if (ofVm.size === 0) waiters.delete(key);', 'false'],
    ['if (ofVm.size === 0) waiters.delete(key);', ';'],
  ),
];
