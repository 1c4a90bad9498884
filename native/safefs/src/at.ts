// SPDX-License-Identifier: Apache-2.0
// Operations relative to a directory descriptor: what was opened stays what is touched, however names are swapped meanwhile.
// Each throws an Error with the errno's name as `code`. Descriptors given out are the caller's to close.
import { constants } from 'node:fs';
import { addon } from './load.ts';
import { decodeBatch, type EntryType, type FileIdentity } from './record.ts';

/** A file's identity and type. */
export interface Described {
  readonly type: EntryType;
  readonly identity: FileIdentity;
  /** True for the root of a mount. */
  readonly mountRoot: boolean;
}

/** An open directory and a name in it. */
export interface Place {
  readonly directoryFd: number;
  readonly name: Buffer;
}

const DIRECTORY_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const O_TMPFILE = 0o20_000_000 | constants.O_DIRECTORY;
const FLAG_MOUNT_ROOT = 8;
const FLAG_IMMUTABLE = 0x10;
const FLAG_APPEND_ONLY = 0x20;
const EMPTY = Buffer.alloc(0);
const SECOND_NS = 1_000_000_000n;

/** Opens a directory by an absolute path; a symbolic link anywhere in it is ELOOP. */
export function openDirectory(path: Buffer): number {
  return addon().openAt(-1, path, DIRECTORY_FLAGS, 0, true);
}

/** Opens a directory by a name in another one (`..` goes up). */
export function openDirectoryAt(directoryFd: number, name: Buffer): number {
  return addon().openAt(directoryFd, name, DIRECTORY_FLAGS, 0, true);
}

/** Opens what a name in a directory means, without following a link. `flags` as in node:fs constants. */
export function openAt(place: Place, flags: number, mode = 0o600): number {
  return addon().openAt(place.directoryFd, place.name, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, mode, true);
}

/** A file without a name, which vanishes unless it is linked. EOPNOTSUPP where the file system cannot. */
export function openUnnamed(directoryFd: number, mode: number): number {
  return addon().openAt(directoryFd, Buffer.from('.'), O_TMPFILE | constants.O_RDWR, mode, false);
}

export function describe(fd: number): Described {
  return described(fd, EMPTY);
}

/** Of the name itself: a link is not followed. */
export function describeAt(place: Place): Described {
  return described(place.directoryFd, place.name);
}

function described(fd: number, name: Buffer): Described {
  const [record] = decodeBatch(addon().identityAt(fd, name));
  if (record === undefined) throw new Error('the addon gave no record');
  return { type: record.type, identity: record.identity, mountRoot: (record.flags & FLAG_MOUNT_ROOT) !== 0 };
}

/** Renames; EEXIST when something is there already, which is never replaced. */
export function renameWithoutReplacing(from: Place, to: Place): void {
  addon().renameAt(from.directoryFd, from.name, to.directoryFd, to.name, false);
}

/** Swaps two names in one step. */
export function exchange(one: Place, other: Place): void {
  addon().renameAt(one.directoryFd, one.name, other.directoryFd, other.name, true);
}

/** Gives the very file behind `fd` a name; EEXIST when it is taken. */
export function linkDescriptor(fd: number, to: Place): void {
  addon().linkDescriptor(fd, to.directoryFd, to.name);
}

export function unlinkAt(place: Place): void {
  addon().unlinkAt(place.directoryFd, place.name, false);
}

export function removeDirectoryAt(place: Place): void {
  addon().unlinkAt(place.directoryFd, place.name, true);
}

export function makeDirectoryAt(place: Place, mode: number): void {
  addon().makeDirectoryAt(place.directoryFd, place.name, mode);
}

/** Opens by a handle of FileIdentity, on the mount of `mountFd`; ESTALE when the file is gone. */
export function openByHandle(mountFd: number, handle: string, flags: number): number {
  const [type = '', hex = ''] = handle.split(':');
  return addon().openByHandle(mountFd, Number(type), Buffer.from(hex, 'hex'), flags);
}

/** All extended attributes, with ACLs (system.posix_acl_*) and security labels. */
export function readAttributes(fd: number): readonly { readonly name: Buffer; readonly value: Buffer }[] {
  const names = addon().listAttributes(fd).toString('latin1').split('\0');
  return names
    .filter((name) => name !== '')
    .map((name) => Buffer.from(name, 'latin1'))
    .map((name) => ({ name, value: addon().getAttribute(fd, name) }));
}

export function writeAttribute(fd: number, name: Buffer, value: Buffer): void {
  addon().setAttribute(fd, name, value);
}

export function removeAttribute(fd: number, name: Buffer): void {
  addon().removeAttribute(fd, name);
}

/** chattr's +i and +a, which no action strips. */
export function protection(fd: number): { readonly immutable: boolean; readonly appendOnly: boolean } {
  const flags = addon().inodeFlags(fd);
  return { immutable: (flags & FLAG_IMMUTABLE) !== 0, appendOnly: (flags & FLAG_APPEND_ONLY) !== 0 };
}

export function writeTimes(fd: number, accessNs: bigint, modificationNs: bigint): void {
  const [accessSeconds, accessRest] = secondsOf(accessNs);
  const [modificationSeconds, modificationRest] = secondsOf(modificationNs);
  addon().setTimes(fd, accessSeconds, accessRest, modificationSeconds, modificationRest);
}

/** Whole seconds, and the nanoseconds behind them: a time before 1970 counts up from an earlier second, too. */
function secondsOf(nanoseconds: bigint): readonly [bigint, number] {
  const rest = ((nanoseconds % SECOND_NS) + SECOND_NS) % SECOND_NS;
  return [(nanoseconds - rest) / SECOND_NS, Number(rest)];
}

/** A read lease: granted only while nobody has the file open for writing or mapped writable; who wants to then waits for us. */
export function takeLease(fd: number): boolean {
  return addon().holdLease(fd, true);
}

/** False as soon as somebody waits to write, or when there is no lease. */
export function leaseHeld(fd: number): boolean {
  return addon().leaseHeld(fd);
}

export function dropLease(fd: number): void {
  addon().holdLease(fd, false);
}
