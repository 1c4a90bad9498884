// SPDX-License-Identifier: Apache-2.0
// The one place where a state gets its tone. List, detail, overview and export all ask here, so no two of them can differ (console.md 1.3, 1.5).
import type {
  AlarmKind,
  CommandState,
  DetectionResult,
  LinkState,
  ProtectionState,
  QuarantineState,
  RealtimeState,
  ScanState,
  SettingsState,
} from '@lazaret/contract';

/** bad: act. watch: it may heal itself. partial: not all is known or looked at. running, ok, neutral. */
export type Tone = 'bad' | 'watch' | 'partial' | 'running' | 'ok' | 'neutral';

/** Filled = act, tinted = watch, outline = fine. */
export type Weight = 'filled' | 'tinted' | 'outline';

/** The states of each subject. */
export interface StateOf {
  readonly link: LinkState;
  readonly protection: ProtectionState;
  readonly realtime: RealtimeState | 'not-available';
  readonly settings: SettingsState;
  readonly scan: ScanState;
  readonly result: DetectionResult;
  readonly command: CommandState;
  readonly quarantine: QuarantineState;
  readonly alarm: AlarmKind;
  readonly verdict: 'infected' | 'clean' | 'partly';
  readonly release: 'active' | 'imported' | 'withdrawn';
  readonly signature: 'checking' | 'active' | 'refused';
  readonly step: 'waiting' | 'done' | 'failed';
  readonly scanned: 'yes' | 'no' | 'if-type';
  readonly notice: 'planned' | 'urgent' | 'ended';
  readonly delivery: 'sent' | 'waiting' | 'failed';
}

export type Subject = keyof StateOf;

const TONES: { readonly [S in Subject]: Readonly<Record<StateOf[S], Tone>> } = {
  link: {
    online: 'ok',
    offline: 'bad',
    'never-activated': 'watch',
    pending: 'watch',
    retired: 'neutral',
    unknown: 'partial',
  },
  protection: {
    protected: 'ok',
    'starter-only': 'watch',
    'not-protected-yet': 'bad',
    off: 'bad',
    // As somebody set it, and no alarm.
    'off-by-policy': 'neutral',
    'off-by-schedule': 'neutral',
    degraded: 'watch',
    unknown: 'partial',
  },
  realtime: {
    on: 'ok',
    // As somebody set it, by policy or schedule (RT-4f), and no alarm.
    off: 'neutral',
    'off-by-schedule': 'neutral',
    degraded: 'watch',
    starting: 'running',
    refused: 'bad',
    'not-available': 'watch',
  },
  settings: { applied: 'ok', applying: 'running', 'not-applied': 'watch', unknown: 'partial' },
  scan: {
    queued: 'running',
    running: 'running',
    paused: 'neutral',
    done: 'ok',
    cancelled: 'neutral',
    incomplete: 'watch',
    skipped: 'neutral',
    failed: 'bad',
  },
  result: {
    cleaned: 'ok',
    deleted: 'ok',
    quarantined: 'ok',
    passed: 'watch',
    denied: 'watch',
    failed: 'bad',
    'copy-failed': 'bad',
    'original-not-deleted': 'bad',
    restored: 'ok',
    'suspected-false-positive': 'watch',
    none: 'neutral',
  },
  command: { queued: 'running', sent: 'running', done: 'ok', failed: 'bad', expired: 'watch' },
  quarantine: {
    held: 'neutral',
    restoring: 'running',
    deleting: 'running',
    restored: 'ok',
    deleted: 'neutral',
    missing: 'partial',
  },
  alarm: {
    'never-activated': 'watch',
    'not-protected-yet': 'bad',
    offline: 'bad',
    'silent-site': 'bad',
    'agent-stopped': 'bad',
    'protection-off': 'bad',
    degraded: 'watch',
    'patterns-old': 'watch',
    'patterns-refused': 'bad',
    'policy-not-applied': 'watch',
    'clock-off': 'watch',
    'disk-full': 'bad',
    'vault-nearly-full': 'watch',
    'quarantine-brake': 'bad',
    'other-anti-virus': 'bad',
    'scan-incomplete': 'watch',
    'clone-pending': 'watch',
    'certificate-copied': 'bad',
  },
  verdict: { infected: 'bad', clean: 'ok', partly: 'partial' },
  release: { active: 'ok', imported: 'neutral', withdrawn: 'partial' },
  signature: { checking: 'running', active: 'ok', refused: 'bad' },
  step: { waiting: 'neutral', done: 'ok', failed: 'bad' },
  scanned: { yes: 'ok', no: 'partial', 'if-type': 'neutral' },
  notice: { planned: 'running', urgent: 'watch', ended: 'neutral' },
  delivery: { sent: 'ok', waiting: 'running', failed: 'bad' },
};

export function toneOf<S extends Subject>(subject: S, state: StateOf[S]): Tone {
  return TONES[subject][state];
}

export function weightOf(tone: Tone): Weight {
  if (tone === 'bad') return 'filled';
  return tone === 'ok' || tone === 'neutral' ? 'outline' : 'tinted';
}

/** Worst first, as lists of what needs a person are ordered. */
export const TONE_ORDER: readonly Tone[] = ['bad', 'watch', 'partial', 'running', 'neutral', 'ok'];

export function worstTone(tones: readonly Tone[]): Tone {
  return TONE_ORDER.find((tone) => tones.includes(tone)) ?? 'neutral';
}

/** Every state of a subject, for filters and for the test that each has a word. */
export function statesOf<S extends Subject>(subject: S): readonly StateOf[S][] {
  return Object.keys(TONES[subject]) as StateOf[S][];
}

export const SUBJECTS = Object.keys(TONES) as readonly Subject[];
