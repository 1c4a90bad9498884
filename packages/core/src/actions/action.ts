// SPDX-License-Identifier: Apache-2.0
// The words of actions (AC-1…AC-7). What follows from them is decided in action-plan.ts.

/** Exactly the five actions of the service description (AC-2). */
export type Action = 'delete' | 'clean' | 'pass' | 'deny' | 'quarantine';

/** Kinds of threat, decided once for house, releases and console. */
export type ThreatKind =
  | 'virus'
  | 'trojan'
  | 'worm'
  | 'ransomware'
  | 'miner'
  | 'webshell'
  | 'exploit'
  | 'dropper'
  | 'macro'
  | 'pua'
  | 'test'
  | 'other';

export type OperatingSystem = 'linux' | 'windows';
