// SPDX-License-Identifier: Apache-2.0
// From what the gate says of a file to the file: its descriptor where none came along, and a way to its folder that an action can go. A path that a
// container could have chosen is never walked from our own root: it is looked up in the mount tree of the process that opened it. Whatever is found must
// be the very object, by device, inode and handle. Owns nothing; what is given out is the caller's.
import { closeSync, constants, openSync, readdirSync, readlinkSync } from 'node:fs';
import type { GateFile } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import {
  describe,
  describeAt,
  openByHandle,
  openDirectory,
  openDirectoryAt,
  openForScan,
  readMounts,
  type FileIdentity,
  type Mount,
} from '@lazaret/safefs';
import { bytesOf } from './gate-text.ts';
import { LinuxFile } from '../files/linux-file.ts';
import { LinuxFolder } from '../files/linux-folder.ts';
import type { OpenFile } from '../../ports/open-file.ts';
import type { OpenFolder } from '../../ports/open-folder.ts';
import type { FileClue, Reach } from '../../ports/realtime-source.ts';

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Opens the file of a clue; null when it is gone. Throws `path.not_found` where no way leads to it, gone or not. */
export async function openClue(clue: FileClue): Promise<OpenFile | null> {
  const descriptor = await openDescriptor(clue);
  return descriptor === null ? null : new LinuxFile(descriptor);
}

async function openDescriptor(clue: FileClue): Promise<number | null> {
  const byHandle = openOnOurMounts(clue.file);
  if (typeof byHandle === 'number') return byHandle;
  const path = clue.path === null ? null : bytesOf(clue.path);
  const byPath = path === null ? null : await openByName(path, clue);
  if (byPath !== null) return byPath;
  if (byHandle === 'stale' || clue.believed) return null;
  throw new LazaretError('path.not_found', 'The file can no longer be opened.', { where: clue.path ?? '' });
}

async function openByName(path: Buffer, { believed, file, opener }: FileClue): Promise<number | null> {
  if (believed) return await openByPath(path, file);
  for (const root of foreignRoots(opener, file === null ? null : shows(file.device))) {
    const descriptor = await openBelow(root, path, file);
    if (descriptor !== null) return descriptor;
  }
  return null;
}

/** `stale`: a mount of ours shows that file system, and the file is not on it any more. */
function openOnOurMounts(file: GateFile | null): number | 'stale' | null {
  if (file === null) return null;
  const { device, handleType, handle } = file;
  if (handleType == null || handle == null || handle === '') return null;
  const wanted = mountDevice(BigInt(device));
  let stale = false;
  for (const mount of readMounts().filter((one) => one.device === wanted)) {
    let root: number | null = null;
    try {
      root = openDirectory(mount.mountPoint);
      const descriptor = openByHandle(root, `${handleType}:${handle}`, READ);
      if (describe(descriptor).type === 'regular') return descriptor;
      closeSync(descriptor);
    } catch (error) {
      // Another mount may cover it; then the next one, or the path.
      stale ||= error instanceof Error && 'code' in error && error.code === 'ESTALE';
    } finally {
      if (root !== null) closeSync(root);
    }
  }
  return stale ? 'stale' : null;
}

async function openByPath(path: Buffer, file: GateFile | null): Promise<number | null> {
  const [result] = await openForScan([{ path }], { noSymlinks: true });
  return result?.opened ? keepIfSame(result.fd, file) : null;
}

/** A path as it reads in the root of another process. */
async function openBelow(root: string, path: Buffer, file: GateFile | null): Promise<number | null> {
  let directoryFd: number | null = null;
  try {
    directoryFd = openRoot(root);
    const [result] = await openForScan([{ directoryFd, path: relative(path) }], { noSymlinks: true });
    return result?.opened ? keepIfSame(result.fd, file) : null;
  } catch {
    return null; // the process has ended
  } finally {
    if (directoryFd !== null) closeSync(directoryFd);
  }
}

function keepIfSame(descriptor: number, file: GateFile | null): number | null {
  // Where the gate knew its path alone, what is there now is looked at.
  if (file === null || isFile(describe(descriptor).identity, file)) return descriptor;
  closeSync(descriptor);
  return null;
}

/** The same inode of the same device; and of the same generation, where the file system has handles. */
function isFile({ device, inode, handle }: FileIdentity, file: GateFile): boolean {
  if (String(device) !== file.device || String(inode) !== file.inode) return false;
  if (file.handleType == null || file.handle == null || handle === null) return true;
  return handle === `${file.handleType}:${file.handle}`;
}

/**
 * Where the object of `file` has its name. A path that our own mounts know is preferred. Null: no way leads there (it has no name any more, or its
 * mount tree has gone); then `path` of the clue is for telling alone.
 */
export function reachFile({ descriptor }: OpenFile, clue: FileClue): Reach | null {
  const identity = describe(descriptor).identity;
  const here = [...(clue.believed && clue.path !== null ? [bytesOf(clue.path)] : []), linkOf(descriptor)];
  for (const path of here) if (leadsTo(path, () => openDirectory(parentOf(path)), identity)) return { path };
  const path = clue.path === null ? linkOf(descriptor) : bytesOf(clue.path);
  for (const root of foreignRoots(clue.opener, shows(identity.device))) {
    const open = (): number => openDirectoryBelow(root, parentOf(path));
    const openParent = (): OpenFolder => new LinuxFolder(open());
    if (leadsTo(path, open, identity)) return { path, openParent };
  }
  return null;
}

function leadsTo(path: Buffer, openParent: () => number, identity: FileIdentity): boolean {
  if (path[0] !== 0x2f || path.length < 2) return false;
  let directoryFd: number | null = null;
  try {
    directoryFd = openParent();
    const found = describeAt({ directoryFd, name: path.subarray(path.lastIndexOf(0x2f) + 1) }).identity;
    return found.device === identity.device && found.inode === identity.inode && found.handle === identity.handle;
  } catch {
    return false;
  } finally {
    if (directoryFd !== null) closeSync(directoryFd);
  }
}

export function openDirectoryBelow(root: string, path: Buffer): number {
  const rootFd = openRoot(root);
  try {
    const below = relative(path);
    return openDirectoryAt(rootFd, below.length === 0 ? Buffer.from('.') : below);
  } finally {
    closeSync(rootFd);
  }
}

/** Named before it is opened: a stranger's root may be of his own file system in user space, whose program never answers. */
function openRoot(root: string): number {
  const named = openSync(root, O_PATH | constants.O_DIRECTORY);
  try {
    return openDirectoryAt(named, Buffer.from('.'));
  } finally {
    closeSync(named);
  }
}

const O_PATH = 0o10_000_000;

type MountFits = (mount: Mount) => boolean;

function shows(device: string | bigint): MountFits {
  const wanted = mountDevice(BigInt(device));
  return (mount) => mount.device === wanted;
}

/** Where other processes see the mount: the opener, its parents (which live on when it has ended), then one process of each mount namespace. */
export function* foreignRoots(opener: FileClue['opener'], fits: MountFits | null): Generator<string> {
  const near = opener === null ? [] : [opener.pid, ...opener.parents.map(({ pid }) => pid)];
  for (const pid of near) if (pid > 0) yield `/proc/${pid}/root`;
  if (fits !== null) for (const pid of pidsThatSee(fits)) yield `/proc/${pid}/root`;
}

const NAMESPACES_MAX = 256;

/** One process (or thread) of each mount namespace but our own, and of each root in it, that has such a mount. */
function* pidsThatSee(fits: MountFits): Generator<string> {
  const seen = new Set([sightOf('self')]);
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    for (const task of tasksOf(pid)) {
      const sight = sightOf(task);
      if (sight === null || seen.has(sight)) continue;
      seen.add(sight);
      if (seen.size > NAMESPACES_MAX) return;
      if (mountsOf(task).some(fits)) yield task;
    }
  }
}

function tasksOf(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** A mount table shows what lies below the root of its process alone. */
function sightOf(pid: string): string | null {
  let root: number | null = null;
  try {
    root = openRoot(`/proc/${pid}/root`);
    const { device, inode } = describe(root).identity;
    return `${readlinkSync(`/proc/${pid}/ns/mnt`)} ${device}:${inode}`;
  } catch {
    return null; // it has ended
  } finally {
    if (root !== null) closeSync(root);
  }
}

function mountsOf(pid: string): ReturnType<typeof readMounts> {
  try {
    return readMounts(`/proc/${pid}/mountinfo`);
  } catch {
    return [];
  }
}

function linkOf(descriptor: number): Buffer {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`, { encoding: 'buffer' });
  } catch {
    return Buffer.from('/');
  }
}

export function parentOf(path: Buffer): Buffer {
  const slash = path.lastIndexOf(0x2f);
  return slash <= 0 ? Buffer.from('/') : path.subarray(0, slash);
}

function relative(path: Buffer): Buffer {
  let from = 0;
  while (path[from] === 0x2f) from += 1;
  return path.subarray(from);
}

/** As mountinfo writes a device ("8:1"), from st_dev (makedev(3)). */
export function mountDevice(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  return `${major}:${minor}`;
}
