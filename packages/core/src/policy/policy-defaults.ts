// SPDX-License-Identifier: Apache-2.0
// What a VM does when nobody has set anything. A policy file is laid over these values field by field.
import { defaultLimits, MEBIBYTE } from '../limits.ts';
import type { ActionSetting, Policy, ScanKind, ScanSettings } from './policy.ts';

function scanSettings(kind: ScanKind): ScanSettings {
  return {
    directories: { kind: 'all' },
    files: { kind: 'all' },
    action: { kind: 'recommended' },
    exceptions: [],
    limits: defaultLimits(kind),
    unscanned: [],
  };
}

/** The defaults that a policy is laid over. Minute 23 of the hour: most clocks of the world ask at full hours, and the sources of patterns feel it. */
export const defaultPolicy: Policy = {
  version: 1,
  name: 'default',
  realtime: {
    enabled: true,
    ...scanSettings('realtime'),
    schedule: { kind: 'always' },
    deadlineMs: 10_000,
    onDeadline: 'allow',
    onOverload: 'deny',
  },
  scheduled: {
    enabled: true,
    ...scanSettings('scheduled'),
    schedule: { kind: 'daily', at: '02:00', every: 'day' },
    missed: 'once',
    spreadMinutes: 0,
    longestRunMinutes: 1_440,
    load: 'medium',
  },
  manual: { ...scanSettings('manual'), load: 'high' },
  patterns: { schedule: { kind: 'hourly', minute: 23 } },
  vault: { bytesMax: 1024 * MEBIBYTE, retentionDays: 30, warnAtPercent: 80 },
  clamd: { partly: 'ok' },
  agent: { knock: { enabled: true, port: 4118 } },
};

const REPORT: ActionSetting = { kind: 'custom', primary: 'pass' };

/** What a VM does before it has its first policy: nobody has said yet what may be touched, so everything is looked at and nothing is changed. */
export const reportOnlyPolicy: Policy = {
  ...defaultPolicy,
  name: 'report only (no policy yet)',
  realtime: { ...defaultPolicy.realtime, action: REPORT },
  scheduled: { ...defaultPolicy.scheduled, action: REPORT },
  manual: { ...defaultPolicy.manual, action: REPORT },
};
