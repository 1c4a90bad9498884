// SPDX-License-Identifier: Apache-2.0
// Held files as lines for people, and which of them a person means. Names are hostile. Pure.
import type { QuarantineEntry, Restored } from '@lazaret/agent';
import type { RestoreDifference } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { requireNotRoot } from './empty-values.ts';
import { formatTable } from './fleet/words/table.ts';
import { formatBytes, safeText } from './words.ts';

export function formatEntry(entry: QuarantineEntry): string {
  if (entry.state === 'damaged') return `${entry.id}  damaged: ${entry.why} (${entry.code})`;
  const threats = entry.threats.map(({ name }) => safeText(name)).join(', ');
  const names = entry.names.of > 1 ? `, ${entry.names.known} of ${entry.names.of} names` : '';
  const kept = entry.state === 'complete' ? '' : ', the original could not be deleted';
  return `${entry.id}  ${entry.takenAt.slice(0, 19)}Z  ${formatBytes(entry.bytes)}  ${threats}  ${safeText(entry.path)}${names}${kept}`;
}

/** Show one entry with all details. */
export function showEntryForPeople(entry: QuarantineEntry): readonly string[] {
  const rows =
    entry.state === 'damaged'
      ? [
          ['Entry', entry.id],
          ['State', `damaged: ${entry.why} (${entry.code})`],
        ]
      : [
          ['Entry', entry.id],
          ['File', entry.path],
          ...entry.threats.map(({ name, kind, layers }) => [
            'Threat',
            `${name} (${kind})${layers.length === 0 ? '' : `, in ${layers.join(' > ')}`}`,
          ]),
          ['Quarantined', `${entry.takenAt.slice(0, 19).replace('T', ' ')} UTC`],
          ['Size', formatBytes(entry.bytes)],
          ['SHA-256', entry.sha256 ?? 'not computed: the holes in the file are too large'],
          ['Owner', `user ${entry.owner.uid}, group ${entry.owner.gid}, mode ${entry.mode}`],
          ['Names', `${entry.names.known} of ${entry.names.of} known`],
          ['Attributes', `${entry.attributes} extended`],
          ['Patterns', entry.patternRelease ?? 'not known'],
          ['State', entry.state === 'complete' ? 'quarantined' : 'quarantined; the original could not be deleted'],
        ];
  return formatTable(['', ''], rows).slice(1);
}

const DIFFERENCES: Readonly<Record<RestoreDifference['what'], string>> = {
  owner: 'owner and group',
  mode: 'mode',
  'modification-time': 'modification time (seconds since 1970)',
  'access-time': 'access time (seconds since 1970)',
  attribute: 'this attribute could not be set',
  'attribute-added': 'an attribute that the original did not have',
  flags: 'flags (as lsattr shows them)',
  project: 'quota project',
  'extent-size': 'extent size hint',
  allocation: 'disk space used (bytes)',
  'hard-links': 'the original was one of several hard links to a file; the restored file is a separate file',
  'older-entry':
    'an earlier version of Lazaret quarantined the file; it stored no holes, flags or projects, and no times outside 1678 to 2261',
};

/** What became of a restored file; each difference has its own line. */
export function formatRestored({ path, differences, linked }: Restored): readonly string[] {
  const told = differences.map(
    ({ what, detail }) => `  ${DIFFERENCES[what]}${detail === '' ? '' : `: ${safeText(detail)}`}`,
  );
  const restored = linked ? 'restored, as a hard link to the same file as before' : 'restored';
  const but = told.length === 0 ? '.' : `, with these differences:`;
  return [`${safeText(path)}: ${restored}${but}`, ...told];
}

export interface Chosen {
  readonly all?: boolean;
  readonly threat?: string;
  readonly below?: string;
}

/** Which entries are meant: the ones named, or those that fit every filter. Throws `cli.usage`, `vault.entry_not_found`. */
export function chooseEntries(
  ids: readonly string[],
  { all = false, threat, below }: Chosen,
  entries: readonly QuarantineEntry[],
): readonly string[] {
  const filtered = threat !== undefined || below !== undefined;
  if ([ids.length > 0, all, filtered].filter(Boolean).length !== 1)
    throw new LazaretError('cli.usage', 'Give one of these: ids, or --threat and --below, or --all.', { where: '' });
  if (ids.length > 0) return ids;
  requireNotRoot(below);
  const fits = (entry: QuarantineEntry): boolean =>
    entry.state !== 'damaged' &&
    (threat === undefined || entry.threats.some(({ name }) => name.toLowerCase().includes(threat.toLowerCase()))) &&
    (below === undefined || entry.path.startsWith(below.endsWith('/') ? below : `${below}/`));
  const chosen = entries.filter(fits).map(({ id }) => id);
  if (chosen.length > 0) return chosen;
  throw new LazaretError('vault.entry_not_found', `No quarantined file matches. The vault has ${entries.length}.`, {
    where: '',
  });
}
