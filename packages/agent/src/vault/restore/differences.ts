// SPDX-License-Identifier: Apache-2.0
// What of a restored file is not as it was held: read from the file as it stands, and never from which steps failed. What no
// program can set – the times of birth and change – is not among it. Owns no file.
import type { RestoreDifference } from '@lazaret/contract';
import { pathTextFromBytes } from '@lazaret/core';
import type { FileIdentity, OpenFile } from '@lazaret/host/ports';
import { EXTENT_FLAGS } from './dress.ts';
import { flagLetters } from './inode-flags.ts';
import type { EntryMetadata } from '../format/metadata.ts';

const DETAIL_CHARACTERS_MAX = 256;
const ATTRIBUTES_TOLD_MAX = 20;
/** Blocks for the file system's own tables, and its unit. */
const ALLOCATION_SLACK_BYTES = 65_536;

/** XFS shows an ACL once more, by these names. */
const ACL_AGAIN: ReadonlySet<string> = new Set(['trusted.SGI_ACL_FILE', 'trusted.SGI_ACL_DEFAULT']);

/** Of a file that has all but its name. */
export function differencesOf(file: OpenFile, metadata: EntryMetadata): readonly RestoreDifference[] {
  const { identity } = file.describe();
  return [
    ...ageOf(metadata),
    ...ownerDifferences(identity, metadata),
    ...timeDifferences(identity, metadata),
    ...attributeDifferences(file, metadata),
    ...allocationDifferences(file, metadata),
  ];
}

/** Of what is only set once it has its name, too. */
export function differencesAtEnd(file: OpenFile, metadata: EntryMetadata): readonly RestoreDifference[] {
  return [...flagDifferences(file, metadata), ...extendedDifferences(file, metadata)];
}

/** Of a file that stands for longer. Its access time goes on, and it may take less room. */
export function differencesOfStanding(file: OpenFile, metadata: EntryMetadata): readonly RestoreDifference[] {
  const { identity } = file.describe();
  const { allocatedBytes } = metadata;
  return [
    ...ageOf(metadata),
    ...ownerDifferences(identity, metadata),
    ...timeDifferences(identity, metadata).filter(({ what }) => what !== 'access-time'),
    ...attributeDifferences(file, metadata),
    ...(allocatedBytes !== null && file.allocatedBytes() > allocatedBytes ? allocationDifferences(file, metadata) : []),
    ...differencesAtEnd(file, metadata),
  ];
}

function flagDifferences(file: OpenFile, { inodeFlags }: EntryMetadata): readonly RestoreDifference[] {
  if (inodeFlags === null) return [];
  const [held, now] = [flagLetters(inodeFlags), flagLetters(file.readInodeFlags())];
  return held === now ? [] : [difference('flags', `${held || '-'} → ${now || '-'}`)];
}

function ageOf({ version }: EntryMetadata): readonly RestoreDifference[] {
  return version === 1 ? [difference('older-entry', '')] : [];
}

function ownerDifferences({ uid, gid, mode }: FileIdentity, metadata: EntryMetadata): readonly RestoreDifference[] {
  const { owner } = metadata;
  const found: RestoreDifference[] = [];
  if (uid !== owner.uid || gid !== owner.gid)
    found.push(difference('owner', `${owner.uid}:${owner.gid} → ${uid}:${gid}`));
  if ((mode & 0o7777) !== (metadata.mode & 0o7777))
    found.push(difference('mode', `${octal(metadata.mode)} → ${octal(mode)}`));
  return found;
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

function timeDifferences({ atimeNs, mtimeNs }: FileIdentity, { times }: EntryMetadata): readonly RestoreDifference[] {
  const found: RestoreDifference[] = [];
  if (String(mtimeNs) !== times.modificationNs)
    found.push(difference('modification-time', `${inSeconds(times.modificationNs)} → ${inSeconds(String(mtimeNs))}`));
  if (String(atimeNs) !== times.accessNs)
    found.push(difference('access-time', `${inSeconds(times.accessNs)} → ${inSeconds(String(atimeNs))}`));
  return found;
}

/** As `touch -d @…` takes it: a date would end in the year 275760. */
function inSeconds(nanoseconds: string): string {
  const value = BigInt(nanoseconds);
  const magnitude = (value < 0n ? -value : value).toString().padStart(10, '0');
  return `@${value < 0n ? '-' : ''}${magnitude.slice(0, -9)}.${magnitude.slice(-9)}`;
}

function attributeDifferences(file: OpenFile, metadata: EntryMetadata): readonly RestoreDifference[] {
  const now = new Map(
    file.readAttributes().map(({ name, value }) => [name.toString('base64'), value.toString('base64')]),
  );
  const found: string[] = [];
  for (const { name, value } of metadata.attributes) {
    if (now.get(name) !== value) found.push(nameOf(name));
    now.delete(name);
  }
  const added = [...now.keys()].map(nameOf).filter((name) => !ACL_AGAIN.has(name));
  return [...firstOf('attribute', found), ...firstOf('attribute-added', added)];
}

/** A file can have thousands of attributes: the rest is a number. */
function firstOf(what: RestoreDifference['what'], names: readonly string[]): readonly RestoreDifference[] {
  const told = names.slice(0, ATTRIBUTES_TOLD_MAX).map((name) => difference(what, name));
  const rest = names.length - told.length;
  return rest === 0 ? told : [...told, difference(what, `… +${rest}`)];
}

function nameOf(base64: string): string {
  return pathTextFromBytes(Buffer.from(base64, 'base64'));
}

function allocationDifferences(file: OpenFile, { allocatedBytes: held }: EntryMetadata): readonly RestoreDifference[] {
  if (held === null) return [];
  const now = file.allocatedBytes();
  if (Math.abs(now - held) <= Math.max(ALLOCATION_SLACK_BYTES, held / 16)) return [];
  return [difference('allocation', `${held} → ${now}`)];
}

function extendedDifferences(file: OpenFile, { extendedFlags: held }: EntryMetadata): readonly RestoreDifference[] {
  if (held === null) return [];
  const now = file.readExtendedFlags() ?? { flags: 0, extentSize: 0, project: 0, copyExtentSize: 0 };
  const found: RestoreDifference[] = [];
  if (held.project !== now.project) found.push(difference('project', `${held.project} → ${now.project}`));
  const isSame =
    ((held.flags ^ now.flags) & EXTENT_FLAGS) === 0 &&
    held.extentSize === now.extentSize &&
    held.copyExtentSize === now.copyExtentSize;
  if (!isSame) found.push(difference('extent-size', `${held.extentSize} → ${now.extentSize}`));
  return found;
}

function difference(what: RestoreDifference['what'], detail: string): RestoreDifference {
  return { what, detail: detail.slice(0, DETAIL_CHARACTERS_MAX) };
}
