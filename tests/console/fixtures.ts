// SPDX-License-Identifier: Apache-2.0
// Answers of the stand-in manager, each held against the shape that the contract gives it: a fixture that drifts from the API fails.
import {
  alarmPageSchema,
  apiTokenPageSchema,
  auditPageSchema,
  commandPageSchema,
  consentPageSchema,
  contactsSchema,
  destinationsSchema,
  detectionDetailSchema,
  detectionPageSchema,
  enrolmentCreatedSchema,
  enrolmentProgressSchema,
  exceptionPageSchema,
  explainAnswerSchema,
  groupPageSchema,
  hashReportSchema,
  noticePageSchema,
  overviewSchema,
  patternsOverviewSchema,
  policyPageSchema,
  policyRevisionPageSchema,
  policyRevisionViewSchema,
  policyViewSchema,
  providerSettingsSchema,
  quarantinePageSchema,
  quarantineSettingsSchema,
  scanPageSchema,
  sessionSchema,
  setupStateSchema,
  signatureListSchema,
  smtpViewSchema,
  tenantPageSchema,
  tenantTermsSchema,
  termsPageSchema,
  totpSecretSchema,
  userPageSchema,
  vmDetailSchema,
  vmEventPageSchema,
  vmPageSchema,
  webhookSchema,
} from '@lazaret/contract';
import * as findings from './fixture-data.ts';
import * as policies from './fixture-policies.ts';
import * as settings from './fixture-settings.ts';
import { VMS } from './fixture-vms.ts';

const data = { ...findings, ...policies, ...settings };

/** What a zod schema is to a fixture. */
interface Shape {
  parse(value: unknown): unknown;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Route = readonly [method: string, path: RegExp, answer: (match: RegExpExecArray, url: URL) => Answer];

/** Parses as a client would trust it; throws with the path where the fixture is wrong. */
function ok(schema: Shape, body: unknown): Answer {
  return { status: 200, body: schema.parse(body) };
}

function page(items: readonly unknown[], url: URL): { items: unknown[]; next: string | null; total: number } {
  const from = Number(url.searchParams.get('cursor') ?? '0');
  const limit = Number(url.searchParams.get('limit') ?? '50');
  const next = from + limit < items.length ? String(from + limit) : null;
  return { items: items.slice(from, from + limit), next, total: items.length };
}

const list =
  (schema: Shape, items: readonly unknown[], extra: object = {}) =>
  (_match: RegExpExecArray, url: URL): Answer =>
    ok(schema, { ...page(items, url), ...extra });

const T = '^/api/v1/tenants/[^/]+';
const at = (path: string): RegExp => new RegExp(`${T}${path}$`);

const provider = (path: string): RegExp => new RegExp(`^/api/v1/provider${path}$`);

const ROUTES: readonly Route[] = [
  ['GET', /^\/api\/v1\/setup$/, () => ok(setupStateSchema, { needed: true })],
  ['GET', /^\/api\/v1\/session$/, () => ok(sessionSchema, data.SESSION)],
  ['GET', at('/overview'), () => ok(overviewSchema, data.OVERVIEW)],
  ['GET', at('/vms'), listVms],
  ['GET', at('/vms/([^/]+)'), () => ok(vmDetailSchema, data.VM_DETAIL)],
  ['GET', at('/vms/[^/]+/commands'), list(commandPageSchema, data.COMMANDS)],
  ['GET', at('/vms/[^/]+/events'), list(vmEventPageSchema, data.EVENTS)],
  ['GET', at('/groups'), list(groupPageSchema, data.GROUPS)],
  ['GET', at('/detections'), list(detectionPageSchema, data.DETECTIONS)],
  ['GET', at('/detections/[^/]+'), () => ok(detectionDetailSchema, data.DETECTION)],
  ['GET', at('/hashes/[^/]+'), () => ok(hashReportSchema, data.HASH_REPORT)],
  ['GET', at('/quarantine'), list(quarantinePageSchema, data.HELD, { usage: { bytes: 48_230_400, vms: 3 } })],
  ['GET', at('/scans'), listScans],
  ['GET', at('/alarms'), list(alarmPageSchema, data.ALARMS)],
  ['GET', at('/policies'), list(policyPageSchema, data.POLICIES)],
  ['GET', at('/policies/[^/]+'), () => ok(policyViewSchema, data.POLICY)],
  ['GET', at('/policies/[^/]+/revisions'), list(policyRevisionPageSchema, data.REVISIONS)],
  [
    'GET',
    at('/policies/[^/]+/revisions/([0-9]+)'),
    (match) => ok(policyRevisionViewSchema, data.revision(Number(match[1]))),
  ],
  ['GET', at('/exceptions'), list(exceptionPageSchema, data.EXCEPTIONS)],
  ['POST', at('/explain'), () => ok(explainAnswerSchema, data.EXPLAINED)],
  ['GET', at('/explain/[^/]+'), () => ok(explainAnswerSchema, data.EXPLAINED)],
  ['GET', at('/patterns'), () => ok(patternsOverviewSchema, data.PATTERNS)],
  ['GET', at('/patterns/signatures'), () => ok(signatureListSchema, { items: data.SIGNATURES })],
  ['GET', at('/notices'), list(noticePageSchema, data.NOTICES)],
  ['GET', at('/audit'), list(auditPageSchema, data.AUDIT)],
  ['GET', at('/users'), list(userPageSchema, data.USERS)],
  ['GET', at('/tokens'), list(apiTokenPageSchema, data.TOKENS)],
  ['GET', at('/consents'), list(consentPageSchema, data.CONSENTS)],
  ['GET', at('/terms'), () => ok(tenantTermsSchema, data.TERMS)],
  ['GET', at('/settings/contacts'), () => ok(contactsSchema, data.CONTACTS)],
  ['GET', at('/settings/webhook'), () => ok(webhookSchema, data.WEBHOOK)],
  ['GET', at('/settings/destinations'), () => ok(destinationsSchema, data.DESTINATIONS)],
  ['GET', at('/settings/support'), () => ({ status: 200, body: data.SUPPORT })],
  ['GET', at('/settings/quarantine'), () => ok(quarantineSettingsSchema, { downloads: true })],
  ['GET', provider('/settings'), () => ok(providerSettingsSchema, data.PROVIDER_SETTINGS)],
  ['GET', provider('/settings/smtp'), () => ok(smtpViewSchema, data.SMTP)],
  ['GET', provider('/releases'), () => ({ status: 200, body: { items: data.PATTERNS.releases } })],
  ['GET', provider('/tenants'), list(tenantPageSchema, data.TENANTS)],
  ['GET', provider('/notices'), list(noticePageSchema, data.NOTICES)],
  ['GET', provider('/terms'), list(termsPageSchema, [data.TERMS.current])],
  ['POST', /^\/api\/v1\/me\/totp$/, () => ok(totpSecretSchema, data.TOTP)],
  ['POST', at('/enrolment-tokens'), () => ok(enrolmentCreatedSchema, data.ENROLMENT)],
  ['GET', at('/enrolment-tokens/[^/]+/progress'), () => ok(enrolmentProgressSchema, data.PROGRESS)],
];

function listVms(_match: RegExpExecArray, url: URL): Answer {
  const { searchParams } = url;
  const state = searchParams.get('state');
  const q = searchParams.get('q') ?? '';
  const items = VMS.filter((vm) => (state === null || vm.link.state === state) && vm.name.includes(q));
  return ok(vmPageSchema, { ...page(items, url), counts: data.countVms(VMS) });
}

function listScans(_match: RegExpExecArray, url: URL): Answer {
  const open = url.searchParams.get('group') === 'open';
  const items = data.SCANS.filter((scan) => (scan.endedAt === null) === open || url.searchParams.get('group') === null);
  return ok(scanPageSchema, page(items, url));
}

/** Null: nothing of the fixtures answers this. */
export function findAnswer(method: string, url: URL, _body: unknown): Answer | null {
  for (const [routeMethod, path, answer] of ROUTES) {
    const match = routeMethod === method ? path.exec(url.pathname) : null;
    if (match !== null) return answer(match, url);
  }
  return null;
}
