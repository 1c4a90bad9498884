// SPDX-License-Identifier: Apache-2.0
// The list of features, one line each: what is not here has no routes. There is no auto-loading.
import { registerAlarmRoutes } from './alarms/index.ts';
import { registerAuditRoutes } from './audit-log/index.ts';
import { type AuthOptions, registerAuthRoutes } from './auth/index.ts';
import { registerCommandRoutes } from './commands/index.ts';
import { registerDetectionRoutes } from './detections/index.ts';
import { type EnrolmentOptions, registerEnrolmentRoutes } from './enrolment/index.ts';
import { registerGroupRoutes } from './groups/index.ts';
import { registerNoticeRoutes, workNotices } from './notices/index.ts';
import { registerOverviewRoutes } from './overview/index.ts';
import {
  type CheckPatterns,
  type PatternOptions,
  registerPatternRoutes,
  workSignatureChecks,
} from './patterns/index.ts';
import { registerPoliciesRoutes } from './policies/index.ts';
import { registerProviderSettingsRoutes } from './provider-settings/index.ts';
import { registerQuarantineRoutes } from './quarantine/index.ts';
import { workRetention } from './retention/index.ts';
import { registerScanRoutes } from './scans/index.ts';
import { registerSettingsRoutes } from './settings/index.ts';
import { registerTermsRoutes } from './terms/index.ts';
import type { ManagerParts, ManagerServer } from './server/index.ts';
import { addTenant, registerTenantRoutes } from './tenants/index.ts';
import { registerVmRoutes } from './vms/index.ts';

export interface FeatureOptions extends AuthOptions {
  readonly enrolment: EnrolmentOptions;
  readonly patterns: PatternOptions;
}

export function registerFeatures(server: ManagerServer, parts: ManagerParts, options: FeatureOptions): void {
  registerAuthRoutes(server, parts, { ...options, addTenant });
  registerTenantRoutes(server, parts);
  registerAuditRoutes(server, parts);
  registerProviderSettingsRoutes(server, parts);
  registerPoliciesRoutes(server, parts);
  registerGroupRoutes(server, parts);
  registerSettingsRoutes(server, parts);
  registerNoticeRoutes(server, parts);
  registerTermsRoutes(server, parts);
  registerCommandRoutes(server, parts);
  registerVmRoutes(server, parts);
  registerScanRoutes(server, parts);
  registerDetectionRoutes(server, parts);
  registerQuarantineRoutes(server, parts);
  registerAlarmRoutes(server, parts);
  registerOverviewRoutes(server, parts);
  registerEnrolmentRoutes(server, parts, options.enrolment);
  registerPatternRoutes(server, parts, options.patterns);
}

/** Background work of features, in this process. Await it before routes are served: they send into these queues. */
export async function startWorkers(parts: ManagerParts, checkPatterns: CheckPatterns): Promise<void> {
  await workSignatureChecks(parts, checkPatterns);
  await workNotices(parts);
  await workRetention(parts);
}
