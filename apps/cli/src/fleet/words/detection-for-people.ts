// SPDX-License-Identifier: Apache-2.0
// One detection as lines for people: what was found where, what became of it, which rule said so, and who was told. Names are hostile. Pure.
import type { DetectionDetail } from '@lazaret/contract';
import { countOf, formatBytes, safeText } from '../../words.ts';
import { formatTable } from './table.ts';

type Step = NonNullable<DetectionDetail['steps']>['primary'];

export function detectionForPeople(one: DetectionDetail): readonly string[] {
  const { steps, process } = one;
  const rows: readonly (readonly [name: string, value: string | null])[] = [
    ['Id', one.id],
    ['VM', one.vm.name],
    ['Time', `${time(one.time)}, received ${time(one.receivedAt)}`],
    ['Found by', `${one.origin} scan`],
    ['File', one.path],
    ['Size', formatBytes(one.bytes)],
    ['SHA-256', one.sha256],
    ['On VMs', `${one.sameHashVms} with the same content`],
    ['True type', one.trueType],
    ['Threats', threatsForPeople(one)],
    ['Result', one.result],
    ['Action', steps === null ? 'none: the scan only reports' : stepForPeople(steps.primary)],
    ['Then', steps?.secondary === undefined ? null : stepForPeople(steps.secondary)],
    ['Entry', one.quarantineEntry],
    [
      'Not scanned',
      one.unscanned.length === 0 ? null : `${countOf(one.unscanned.length + one.unscannedLeftOut, 'part')} of the file`,
    ],
    ['Access', accessForPeople(one)],
    [
      'Process',
      process === null ? null : `${process.executable} (${process.pid}), user ${process.user ?? 'not known'}`,
    ],
    ['Policy', one.policy === null ? null : `${one.policy.name}, revision ${one.policy.revision}`],
    ['Rule', one.decidedBy],
    ['Patterns', one.patternRelease],
    [
      'Notified',
      one.notifications.map(({ channel, to, state }) => `${channel} ${to}: ${state}`).join('; ') || 'nobody',
    ],
  ];
  const known = rows.filter((row): row is [string, string] => row[1] !== null && row[1] !== '');
  return formatTable(['', ''], known).slice(1);
}

function threatsForPeople({ threats, threatsLeftOut }: DetectionDetail): string {
  const named = threats.map(({ name, layers }) => (layers.length === 0 ? name : `${name} in ${layers.join(' > ')}`));
  return named.join(', ') + (threatsLeftOut === 0 ? '' : `, and in ${countOf(threatsLeftOut, 'more place')}`);
}

const stepForPeople = ({ action, result, error }: Step): string =>
  `${action}: ${result}${error === undefined ? '' : ` (${error})`}`;

function accessForPeople({ access, refused, attempts }: DetectionDetail): string | null {
  if (access === null) return null;
  const answer = refused === null ? '' : refused ? ', refused' : ', allowed';
  return `${access}${answer}${attempts > 1 ? `, ${attempts} times` : ''}`;
}

function time(iso: string): string {
  return `${safeText(iso.slice(0, 19)).replace('T', ' ')} UTC`;
}
