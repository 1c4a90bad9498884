// SPDX-License-Identifier: Apache-2.0
// What is wrong with an action when it is set.
import type { Fault } from '../fault.ts';
import type { ActionSetting, ScanKind } from '../policy/policy.ts';

/** AC-6: Deny access blocks an access, and only real-time scan sees one: for the others it is refused by every way in. */
export function findActionFaults(setting: ActionSetting, scanKind: ScanKind): readonly Fault[] {
  if (setting.kind === 'recommended' || setting.primary !== 'deny' || scanKind === 'realtime') return [];
  const message = `Deny access needs real-time scan; a ${scanKind} scan can delete, clean, pass or quarantine.`;
  return [{ code: 'action.deny_needs_realtime', path: '/primary', message }];
}
