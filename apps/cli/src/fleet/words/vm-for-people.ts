// SPDX-License-Identifier: Apache-2.0
// One VM as lines for people: how it stands, what protects it, and what to do where it is not plainly protected. Names are hostile. Pure.
import { findErrorCode, type ScanScope, type Vm, type VmDetail } from '@lazaret/contract';
import { countOf, formatBytes, safeText } from '../../words.ts';
import { formatTable } from './table.ts';

export function vmForPeople(vm: VmDetail): readonly string[] {
  const { patterns, protects, vault, disk } = vm;
  const rows: readonly (readonly [name: string, value: string | null])[] = [
    ['Name', vm.name],
    ['Id', vm.id],
    ['Group', vm.group?.name ?? null],
    ['Link', `${vm.link.state}, last seen ${time(vm.link.lastSeenAt)}`],
    ['Protection', PROTECTION[vm.protection.state]],
    ['', whyOf(vm.protection.why)],
    ['Real-time', protects === null ? UNKNOWN_POLICY : scopeForPeople(protects.realtime)],
    ['Scheduled', protects === null ? UNKNOWN_POLICY : scopeForPeople(protects.scheduled)],
    ['Patterns', patternsForPeople(patterns)],
    ['', patterns.starterOnly ? STARTER_ADVICE : null],
    ['Settings', settingsForPeople(vm)],
    ['Fields not applied', vm.notApplied.join(', ')],
    ['Alarms', vm.alarms.join(', ') || 'none'],
    ['Last scan', lastScanForPeople(vm)],
    ['Quarantine', vault === null ? null : `${countOf(vault.entries, 'file')}, ${formatBytes(vault.bytes)}`],
    ['System', [vm.system.os, vm.system.kernel].filter(Boolean).join(', ')],
    ['Addresses', vm.system.addresses.join(', ')],
    ['Agent', vm.system.agentVersion],
    ['Disk', disk === null ? null : `${formatBytes(disk.freeBytes)} free of ${formatBytes(disk.totalBytes)}`],
    ['Other anti-virus', vm.otherAntiVirus.join(', ')],
    ['Certificate', vm.certificate === null ? null : `valid until ${time(vm.certificate.notAfter)}`],
  ];
  const known = rows.filter((row): row is [string, string] => row[1] !== null && row[1] !== '');
  return formatTable(['', ''], known).slice(1);
}

/** How much real-time scan covers, as a word of a list. */
export function scopeWord({ protects }: Pick<Vm, 'protects'>): string {
  if (protects === null) return '–';
  const { realtime } = protects;
  if (realtime === null) return 'off';
  return realtime.directories === 'all' ? 'everywhere' : directories(realtime);
}

const UNKNOWN_POLICY = 'not known: the policy of this VM is not from this manager';
const STARTER_ADVICE =
  'This VM has only the starter set, which finds the test file and some scripts. Import a full release (Provider > Patterns in the console).';

const PROTECTION: Readonly<Record<Vm['protection']['state'], string>> = {
  protected: 'protected',
  'starter-only': 'protected by the starter patterns only',
  'not-protected-yet': 'not protected yet: the VM has no patterns',
  off: 'off: the scan process is not running',
  'off-by-policy': 'real-time scan is switched off by the policy',
  'off-by-schedule': 'real-time scan is switched off by its schedule',
  degraded: 'degraded: real-time scan does not do everything that the policy asks for',
  unknown: 'unknown',
};

/** Words of real-time itself say nothing more than the state where it is as somebody set it. */
function whyOf(why: string | null): string | null {
  if (why === null || why === 'realtime.policy' || why === 'realtime.schedule') return null;
  const entry = findErrorCode(why);
  return entry === null ? why : `${entry.summary} ${entry.whatToDo}`;
}

function scopeForPeople(scope: ScanScope | null): string {
  if (scope === null) return 'off';
  const { paths, morePaths, files, exceptions } = scope;
  const where =
    scope.directories === 'all'
      ? 'everywhere'
      : `${directories(scope)}: ${[...paths, ...(morePaths > 0 ? [`${morePaths} more`] : [])].join(', ')}`;
  const which = files === 'all' ? [] : [files === 'intelliscan' ? 'file types of IntelliScan' : 'some file extensions'];
  const but = exceptions === 0 ? [] : [`${exceptions} exception${exceptions === 1 ? '' : 's'}`];
  return [where, ...which, ...but].join('; ');
}

function directories({ paths, morePaths }: ScanScope): string {
  const count = paths.length + morePaths;
  return count === 1 ? '1 directory' : `${count} directories`;
}

function patternsForPeople({ release, since, signatures }: Vm['patterns']): string {
  if (release === null) return 'none';
  const counted = signatures === null ? '' : `${signatures.toLocaleString('en')} signatures, `;
  return `${counted}${release}, of ${time(since)}`;
}

function settingsForPeople({ settings: { state, desired, applied } }: Vm): string {
  if (desired === null) return state;
  const revision =
    applied?.revision === desired.revision
      ? `revision ${desired.revision}`
      : `revision ${applied?.revision ?? '?'}; revision ${desired.revision} is pending`;
  return `${state}: ${desired.name}, ${revision}`;
}

function lastScanForPeople({ lastScan }: Vm): string {
  if (lastScan === null) return 'none';
  const { state, endedAt, coverage } = lastScan;
  return `${state}, ${time(endedAt)}${coverage === null ? '' : `, scanned ${coverage.lookedAt} of ${coverage.all}`}`;
}

function time(iso: string | null): string {
  return iso === null ? 'never' : `${safeText(iso.slice(0, 16)).replace('T', ' ')} UTC`;
}
