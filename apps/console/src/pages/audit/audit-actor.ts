// SPDX-License-Identifier: Apache-2.0
import type { AuditEntryView } from '@lazaret/contract';

/** By itself, as when a retention ends. What root ordered on its machine is by the manager too, and has root's name: that must be seen. */
export function isManagerItself({ kind, name }: AuditEntryView['actor']): boolean {
  return kind === 'system' && name === 'manager';
}
