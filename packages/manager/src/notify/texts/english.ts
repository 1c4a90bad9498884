// SPDX-License-Identifier: Apache-2.0
import type { AlarmMessage, DetectionMessage } from '../message.ts';
import type { Texts } from './texts.ts';

const ACTIONS = { delete: 'delete', clean: 'clean', pass: 'pass', deny: 'deny access', quarantine: 'quarantine' };

const EVENTS: Readonly<Record<DetectionMessage['event'], readonly [head: string, what: string]>> = {
  detected: ['Detected', 'Lazaret found an infected file. The file was left in place, as the policy says.'],
  'secondary-failed': [
    'Action failed',
    'Lazaret found an infected file. The action of the policy failed, and so did the quarantine. The file is still in place.',
  ],
  'copy-failed': [
    'Quarantine failed',
    'Lazaret found an infected file, but could not copy it into quarantine. The file is still in place.',
  ],
  'original-not-deleted': [
    'Original not deleted',
    'Lazaret copied an infected file into quarantine, but could not delete the original. The file is still in place.',
  ],
};

const ALARMS: Readonly<Record<string, string>> = {
  'never-activated': 'was added, but its agent has never checked in',
  'not-protected-yet': 'has no patterns yet and is not protected',
  offline: 'no longer checks in',
  'silent-site': 'stopped checking in',
  'agent-stopped': 'has a stopped agent',
  'protection-off': 'is not protected, because its protection is switched off',
  degraded: 'has only limited real-time protection',
  'patterns-old': 'has outdated patterns',
  'patterns-refused': 'rejected the newest patterns and still uses the previous ones',
  'policy-not-applied': 'has not applied its current policy',
  'clock-off': 'has a wrong clock',
  'disk-full': 'has almost no disk space left',
  'vault-nearly-full': 'has an almost full quarantine',
  'quarantine-brake':
    'removes no more files: it reached the limit of its local ceiling, and somebody must release the brake on the VM',
  'other-anti-virus': 'runs another anti-virus product',
  'scan-incomplete': 'did not finish its scheduled scan in time',
  'certificate-copied': 'has a certificate that another machine also uses',
  'clone-pending': 'seems to be a clone and is waiting to be accepted',
};

function alarmSubject({ alarm, vm, site, vmCount, cleared }: AlarmMessage): string {
  const who = vm ?? `Site ${site ?? ''} (${vmCount} VMs)`;
  const what = ALARMS[alarm] ?? alarm;
  return cleared ? `Cleared: ${who} – this no longer applies: ${what}` : `${who} ${what}`;
}

export const english: Texts = {
  detection: (message) => {
    const [head, what] = EVENTS[message.event];
    const repeated = message.kind === 'summary' ? ` (${message.repeats} more)` : '';
    return { subject: `${head}: ${message.threat} on ${message.vm}${repeated}`, what };
  },
  repeats: (count, from, to) =>
    `The same file was detected ${count} more times from ${from} to ${to}. The log lists each detection.`,
  alarm: (message) => ({
    subject: alarmSubject(message),
    what: message.cleared ? 'The cause no longer exists. You do not need to do anything.' : `${alarmSubject(message)}.`,
  }),
  notice: ({ notice, title }) =>
    ({
      planned: `Planned maintenance: ${title}`,
      urgent: `Urgent maintenance: ${title}`,
      ended: `Maintenance ended: ${title}`,
    })[notice],
  test: (by) => ({
    subject: 'Test message',
    what: `${by} sent this test message. Notifications of Lazaret arrive at this address.`,
  }),
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
    footer: (tenant) =>
      `Sent by Lazaret for ${tenant}. To change who gets these messages, open Settings › Contacts in the console.`,
  },
};
