// SPDX-License-Identifier: Apache-2.0
// Every migration, in order. Base 0001–0019, agents' link 0020–0039, notifications 0040–0059, who may what and for how long 0060–.
import type { Migration } from '../migration.ts';
import { schemasAndRoles } from './0001-schemas-and-roles.ts';
import { policiesAndGroups } from './0002-policies-and-groups.ts';
import { identity } from './0003-identity.ts';
import { settings } from './0004-settings.ts';
import { vms } from './0020-vms.ts';
import { events } from './0021-events.ts';
import { releases } from './0022-releases.ts';
import { link } from './0023-link.ts';
import { notifications } from './0040-notifications.ts';
import { knocks } from './0041-knocks.ts';
import { rightsInUse } from './0060-rights-in-use.ts';
import { signInBudgets } from './0061-sign-in-budgets.ts';
import { copiedCertificates } from './0062-copied-certificates.ts';
import { ordersOfASession } from './0063-orders-of-a-session.ts';
import { withdrawnUnused } from './0064-withdrawn-unused.ts';
import { scansByTime } from './0065-scans-by-time.ts';

/** A name that stands here stays, with its text: managers have run it, and none of them runs it again. A new one goes last. */
export const MIGRATIONS: readonly Migration[] = [
  schemasAndRoles,
  policiesAndGroups,
  identity,
  settings,
  vms,
  events,
  releases,
  link,
  notifications,
  knocks,
  rightsInUse,
  signInBudgets,
  copiedCertificates,
  ordersOfASession,
  withdrawnUnused,
  scansByTime,
];
