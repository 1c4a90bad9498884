// SPDX-License-Identifier: Apache-2.0
// What a VM does when nobody has set anything. A policy file is laid over these values field by field.
import { defaultLimits, MEBIBYTE } from './limits.ts';
import type { Policy, ScanKind, ScanSettings } from './policy.ts';

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

/** The defaults. Minute 23 of the hour: most clocks of the world ask at full hours, and the sources of patterns feel it. */
export const defaultPolicy: Policy = {
  version: 1,
  name: 'default',
  realtime: {
    enabled: true,
    ...scanSettings('realtime'),
    schedule: { kind: 'always' },
    deadlineMs: 10_000,
    onDeadline: 'allow',
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
