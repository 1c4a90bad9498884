// SPDX-License-Identifier: Apache-2.0
// A fault in the viewer's language: the catalogue's words by its code, else the message as it came.
import { useTranslation } from 'react-i18next';

interface AnyFault {
  readonly code: string;
  readonly message: string;
  readonly path: string;
}

export function useFaultText(): (fault: AnyFault) => string {
  const { t, i18n } = useTranslation();
  return (fault) => {
    const key = `faults.${fault.code}`;
    return i18n.exists(key) ? t(key as never) : fault.message;
  };
}

const PLACES: Readonly<Record<string, 'realtime' | 'scheduled' | 'manual' | 'patterns' | 'vault' | 'clamd'>> = {
  realtime: 'realtime',
  scheduled: 'scheduled',
  manual: 'manual',
  patterns: 'patterns',
  vault: 'vault',
  clamd: 'clamd',
};

/** Whether the pointer leads into a section of a policy. */
export function hasPlace(pointer: string): boolean {
  return Object.hasOwn(PLACES, pointer.split('/')[1] ?? '');
}

/** The fields that decide most, as their editor calls them. */
const FIELDS = {
  directories: 'scope.where',
  files: 'scope.what',
  schedule: 'policy.when',
  action: 'policy.action',
  exceptions: 'nav.exceptions',
  limits: 'policy.tabs.limits',
  unscanned: 'unscanned.title',
  at: 'schedule.at',
  zone: 'schedule.zone',
  ranges: 'week.list',
  deadlineMs: 'policy.deadlineSeconds',
  onDeadline: 'policy.onDeadline',
  onOverload: 'policy.onOverload',
  enabled: 'diff.enabled',
  kind: 'diff.kind',
  entries: 'scope.directoryList',
  path: 'diff.path',
  subdirectories: 'scope.subdirectories',
  extensions: 'scope.extensionList',
  primary: 'action.primary',
  match: 'exceptions.what',
  directory: 'exceptions.kinds.directory',
  file: 'exceptions.kinds.file',
  extension: 'exceptions.kinds.extension',
  sha256: 'exceptions.kinds.sha256',
  pattern: 'exceptions.kinds.pattern',
  process: 'exceptions.kinds.process',
  programSha256: 'exceptions.narrowed.programSha256',
  user: 'exceptions.narrowed.user',
  unit: 'exceptions.narrowed.unit',
  reason: 'exceptions.reason',
  reasons: 'unscanned.reasons',
  author: 'exceptions.author',
  expires: 'exceptions.expires',
  day: 'week.day',
  from: 'week.from',
  to: 'week.to',
  every: 'schedule.daily',
  everyWeeks: 'schedule.everyWeeks',
  days: 'schedule.onDays',
  minute: 'schedule.minute',
  missed: 'policy.missed',
  spreadMinutes: 'policy.spread',
  longestRunMinutes: 'policy.longest',
  load: 'policy.load',
  compressionLayersMax: 'policy.layers',
  memberBytesMax: 'policy.memberMegabytes',
  membersMax: 'policy.members',
  fileTimeMs: 'policy.fileSeconds',
  bytesMax: 'policy.vaultMegabytes',
  retentionDays: 'policy.retention',
  warnAtPercent: 'policy.warnAt',
  partly: 'policy.clamd',
  name: 'policies.name',
} as const;

/** `/scheduled/schedule/at` → "Scheduled scan › When › Time"; a field without a word as it is named, places of a list from 1. */
export function useFaultPlace(): (pointer: string) => string {
  const { t } = useTranslation();
  const word = (part: string): string => {
    if (/^\d+$/.test(part)) return String(Number(part) + 1);
    return part in FIELDS ? t(FIELDS[part as keyof typeof FIELDS]) : part;
  };
  return (pointer) => {
    const [first = '', ...rest] = pointer.split('/').slice(1);
    const kind = PLACES[first];
    return [kind === undefined ? first : t(`policy.sections.${kind}`), ...rest.map(word)]
      .filter((part) => part !== '')
      .join(' › ');
  };
}
