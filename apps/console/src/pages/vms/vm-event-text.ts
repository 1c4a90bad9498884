// SPDX-License-Identifier: Apache-2.0
// An agent's event in one sentence. What this page does not know, or cannot read, is shown as it came.
import { type AgentEvent, eventSchema, type LetThrough, type VmEvent } from '@lazaret/contract';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { useErrorText } from '../../i18n/error-text.ts';
import { formatDuration, formatTime, type Language } from '../../i18n/format.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { hostileToText } from '../../parts/text/hostile.ts';
import { useProtectionText } from '../../parts/protection.tsx';
import { shortRelease } from './vms.tsx';

interface Tools {
  readonly t: TFunction;
  readonly language: Language;
  readonly time: (iso: string) => string;
  /** A failure's code in words; `message` where something came beside it. */
  readonly failure: (code: string, message?: string) => string;
}

export interface EventText {
  type(event: VmEvent): string;
  body(event: VmEvent): string;
}

export function useEventText(): EventText {
  const { t } = useTranslation();
  const language = useLanguage();
  const errorText = useErrorText();
  const protection = useProtectionText();
  const tools: Tools = {
    t,
    language,
    time: (iso) => formatTime(iso, language, undefined, true),
    failure: (code, message) => (message === undefined ? protection.why(code) : errorText({ code, message })),
  };
  return {
    type: ({ type }) => t(`event.types.${type.replace('.', '-')}` as 'event.types.alarm', { defaultValue: type }),
    body: (event) => {
      const read = eventSchema.safeParse(event.body);
      return read.success ? sentenceOf(read.data, tools) : rawText(event.body);
    },
  };
}

function sentenceOf(event: AgentEvent, tools: Tools): string {
  const { t, time, failure } = tools;
  switch (event.type) {
    case 'detection':
      return t('event.found', { threat: event.threats[0]?.name ?? '', path: event.path });
    case 'realtime.let-through':
      return letThroughText(event, tools);
    case 'realtime.gap': {
      const when = t('event.walked', { from: time(event.from), to: time(event.to) });
      return `${t(`event.gapCauses.${event.cause}`)} ${when}`;
    }
    case 'realtime.state':
      return stateText(event, tools);
    case 'run.started':
      return `${t(`scanKinds.${event.origin}`)} · ${t(`event.scope.${event.scope}`)}`;
    case 'run.ended': {
      const files = t('scans.filesOf', { count: event.summary.files });
      const infected = String(event.summary.infected);
      return `${t('event.run', { scan: t(`scanKinds.${event.origin}`), files, infected })} · ${t(`state.scan.${event.summary.state}`)}`;
    }
    case 'run.skipped':
      return t('event.skipped', { scan: t(`scanKinds.${event.origin}`) });
    case 'run.failed':
      return `${t('event.failedRun', { planned: time(event.planned) })} ${failure(event.code)}`;
    case 'schedule.due':
      return t('event.dueAt', {
        purpose: t(`event.purposes.${event.purpose}`),
        planned: time(event.planned),
        what: t(`event.due.${event.kind}`),
      });
    case 'schedule.clock-back':
      return t('event.clockBack', { now: time(event.now) });
    case 'update.checked': {
      const told = `${t(`event.outcomes.${event.outcome}`)} · ${shortRelease(event.release)}`;
      return event.code === undefined ? told : `${told} · ${failure(event.code)}`;
    }
    case 'policy.applied':
      return event.hash.slice(0, 12);
    case 'policy.refused':
      return failure(event.code, event.message);
    case 'quarantine.restored':
      return restoredText(event, tools);
    case 'quarantine.deleted':
      return t('event.entry', { entry: event.entry.slice(-8) });
    case 'alarm':
      return t(`event.alarms.${event.alarm}`, { percent: event.percent ?? '' });
    case 'gap':
      return t('event.lost', { count: event.lostTo - event.lostFrom + 1 });
  }
}

/** AC-8b: what of it is not as it was, each by its name. */
function restoredText(
  { path, differences = [] }: Extract<AgentEvent, { type: 'quarantine.restored' }>,
  { t }: Tools,
): string {
  const file = hostileToText(path);
  if (differences.length === 0) return file;
  const told = differences.map(({ what, detail }) =>
    [t(`event.differences.${what}`), hostileToText(detail)].filter((part) => part !== '').join(' '),
  );
  return `${file} · ${t('event.notAsBefore', { what: told.join('; ') })}`;
}

/** RT-9b: that it was answered before its scan, why, and by whom it was opened; then what the scan found. */
function letThroughText({ path, cause, answered, opener, scanned }: LetThrough, { t, language }: Tools): string {
  const file = path ?? t('event.noPath');
  if (scanned !== null) {
    const after = formatDuration(scanned.afterMs, language);
    return t('event.followedUp', { path: file, after, verdict: t(`event.verdicts.${scanned.verdict}`) });
  }
  return t('event.letThrough', {
    path: file,
    answered: t(`event.answered.${answered}`),
    cause: t(`event.causes.${cause}`),
    who: opener === null ? t('event.nobody') : `${opener.executable} (${opener.user ?? '?'}, ${opener.pid})`,
  });
}

function stateText(event: Extract<AgentEvent, { type: 'realtime.state' }>, { t }: Tools): string {
  const { state, why, reason, notCovered } = event;
  const because = why == null ? hostileToText(reason ?? '') : t(`realtime.why.${why}`);
  const places = notCovered.length === 0 ? '' : t('event.notCovered', { count: notCovered.length });
  return [t(`state.realtime.${state}`), because, places].filter((part) => part !== '').join(' · ');
}

/** What every event has is not told again. */
const ENVELOPE: ReadonlySet<string> = new Set([
  'schema',
  'id',
  'epoch',
  'sequence',
  'time',
  'bootId',
  'monotonicMs',
  'policyHash',
  'patternRelease',
  'type',
]);
const RAW_LENGTH_MAX = 400;

function rawText(body: VmEvent['body']): string {
  const entries = Object.entries(body).filter(([name]) => !ENVELOPE.has(name));
  return hostileToText(JSON.stringify(Object.fromEntries(entries))).slice(0, RAW_LENGTH_MAX);
}
