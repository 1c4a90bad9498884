// SPDX-License-Identifier: Apache-2.0
import type { AlarmMessage, DetectionMessage } from '../message.ts';
import type { Texts } from './texts.ts';

const ACTIONS = { delete: 'delete', clean: 'clean', pass: 'pass', deny: 'deny access', quarantine: 'quarantine' };

const EVENTS: Readonly<Record<DetectionMessage['event'], readonly [head: string, what: string]>> = {
  detected: ['Detected', 'An infected file was found. By the policy it stays where it is.'],
  'secondary-failed': [
    'Action failed',
    'An infected file was found. Neither the action of the policy nor quarantine worked: the file is still there.',
  ],
  'copy-failed': [
    'Quarantine failed',
    'An infected file was found. Its copy could not be put into quarantine: the file is still there.',
  ],
  'original-not-deleted': [
    'Original not deleted',
    'An infected file was copied into quarantine, but the original could not be deleted: it is still there.',
  ],
};

const ALARMS: Readonly<Record<string, string>> = {
  'never-activated': 'was added, but its agent never called',
  'not-protected-yet': 'has no patterns yet and is not protected',
  offline: 'is not heard any more',
  'silent-site': 'went quiet as a whole',
  'agent-stopped': 'has its agent stopped',
  'protection-off': 'has its protection switched off',
  degraded: 'is protected by notification only',
  'patterns-old': 'has old patterns',
  'patterns-refused': 'did not take the newest patterns; the ones before protect it',
  'policy-not-applied': 'does not apply its policy',
  'clock-off': 'has a clock that is off',
  'disk-full': 'has almost no disk space left',
  'vault-nearly-full': 'has a quarantine that is nearly full',
  'quarantine-brake':
    'takes no further file away: its local brake holds until somebody on the VM says that it is right',
  'other-anti-virus': 'runs another anti-virus product',
  'scan-incomplete': 'did not finish its scheduled scan in time',
  'certificate-copied': 'has a certificate of which somebody else shows a copy',
  'clone-pending': 'seems to be a clone and waits to be accepted',
};

function alarmSubject({ alarm, vm, site, vmCount, cleared }: AlarmMessage): string {
  const who = vm ?? `Site ${site ?? ''} (${vmCount} VMs)`;
  const what = ALARMS[alarm] ?? alarm;
  return cleared ? `Cleared: ${who} – no longer: ${what}` : `${who} ${what}`;
}

export const english: Texts = {
  detection: (message) => {
    const [head, what] = EVENTS[message.event];
    const repeated = message.kind === 'summary' ? ` (${message.repeats} more)` : '';
    return { subject: `${head}: ${message.threat} on ${message.vm}${repeated}`, what };
  },
  repeats: (count, from, to) =>
    `The same file was detected ${count} more times from ${from} to ${to}. The log has each of them.`,
  alarm: (message) => ({
    subject: alarmSubject(message),
    what: message.cleared ? 'The cause is gone; nothing is to be done.' : `${alarmSubject(message)}.`,
  }),
  notice: ({ notice, title }) =>
    ({
      planned: `Planned maintenance: ${title}`,
      urgent: `Urgent maintenance: ${title}`,
      ended: `Maintenance ended: ${title}`,
    })[notice],
  test: (by) => ({ subject: 'Test message', what: `${by} asked for this message. Notifications arrive here.` }),
  actions: ACTIONS,
  words: {
    vm: 'VM',
    file: 'File',
    threat: 'Threat',
    action: 'Action',
    time: 'Time',
    since: 'Since',
    period: 'From – to',
    more: 'More',
    footer: (tenant) => `Lazaret, for ${tenant}. Who gets these messages: Settings › Contacts.`,
  },
};
