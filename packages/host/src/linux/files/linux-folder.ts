// SPDX-License-Identifier: Apache-2.0
// An open folder of Linux: the system calls that take a folder's descriptor and a name.
import { constants, fsyncSync, readdirSync } from 'node:fs';
import {
  describe,
  describeAt,
  linkDescriptor,
  makeDirectoryAt,
  openAt,
  openByHandle,
  openDirectoryAt,
  openUnnamed,
  removeDirectoryAt,
  renameWithoutReplacing,
  unlinkAt,
} from '@lazaret/safefs';
import { closingOnFault } from '../../ports/closing-on-fault.ts';
import type { Described } from '../../ports/file-facts.ts';
import type { NewFile, OpenFile } from '../../ports/open-file.ts';
import type { OpenFolder, Place } from '../../ports/open-folder.ts';
import { describedAs, OpenDescriptor } from './descriptor.ts';
import { pathOfDescriptor } from './descriptor-path.ts';
import { LinuxFile, LinuxNewFile } from './linux-file.ts';

const HERE = Buffer.from('.');
const ABOVE = Buffer.from('..');
const CLIMB_MAX = 10_000;
const NEW_FILE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
const BY_HANDLE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOATIME;
const STICKY = 0o1000;
const OTHERS_WRITE = 0o022;
const OTHERS_ANY = 0o077;

export class LinuxFolder extends OpenDescriptor implements OpenFolder {
  names(): readonly Buffer[] {
    return readdirSync(pathOfDescriptor(this.descriptor), { encoding: 'buffer' });
  }

  has(name: Buffer): boolean {
    try {
      this.describeName(name);
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
      throw error;
    }
  }

  describeName(name: Buffer): Described {
    return describedAs(describeAt(this.#at(name)));
  }

  openFile(name: Buffer): OpenFile {
    return new LinuxFile(openAt(this.#at(name), constants.O_RDONLY));
  }

  openFolder(name: Buffer): OpenFolder {
    return new LinuxFolder(openDirectoryAt(this.descriptor, name));
  }

  reopen(): OpenFolder {
    return this.openFolder(HERE);
  }

  createFile(name: Buffer, mode: number): NewFile {
    return new LinuxNewFile(openAt(this.#at(name), NEW_FILE, mode));
  }

  createUnnamed(mode: number): NewFile {
    return new LinuxNewFile(openUnnamed(this.descriptor, mode));
  }

  makeFolder(name: Buffer, mode: number): void {
    makeDirectoryAt(this.#at(name), mode);
  }

  rename(name: Buffer, to: Place): void {
    renameWithoutReplacing(this.#at(name), { directoryFd: to.folder.descriptor, name: to.name });
  }

  link(file: OpenFile, name: Buffer): void {
    linkDescriptor(file.descriptor, this.#at(name));
  }

  unlink(name: Buffer): void {
    unlinkAt(this.#at(name));
  }

  removeFolder(name: Buffer): void {
    removeDirectoryAt(this.#at(name));
  }

  openFileByHandle(handle: string): OpenFile {
    return new LinuxFile(openByHandle(this.descriptor, handle, BY_HANDLE));
  }

  openFolderByHandle(handle: string): OpenFolder {
    return new LinuxFolder(openByHandle(this.descriptor, handle, constants.O_RDONLY | constants.O_DIRECTORY));
  }

  synchronize(): void {
    fsyncSync(this.descriptor);
  }

  openMountRoot(): OpenFolder {
    let current = new LinuxFolder(openDirectoryAt(this.descriptor, HERE));
    for (let step = 0; step < CLIMB_MAX; step++) {
      const upper = closingOnFault(current, () => current.#above());
      if (upper === null) break;
      current.close();
      current = upper;
    }
    return current;
  }

  /** The folder above on the same mount; null at its root. The caller closes it. */
  #above(): LinuxFolder | null {
    if (describe(this.descriptor).mountRoot) return null;
    const upper = new LinuxFolder(openDirectoryAt(this.descriptor, ABOVE));
    const isTop = closingOnFault(
      upper,
      () => !upper.isOnMountOf(this) || upper.describe().object === this.describe().object,
    );
    if (!isTop) return upper;
    upper.close();
    return null;
  }

  isOnMountOf(other: OpenFolder): boolean {
    return describe(this.descriptor).identity.mountId === describe(other.descriptor).identity.mountId;
  }

  isPrivate(): boolean {
    const { type, identity, isOurs } = this.describe();
    return type === 'directory' && isOurs && (identity.mode & OTHERS_ANY) === 0;
  }

  othersMayRename(): boolean {
    const { identity, isOurs } = this.describe();
    return !isOurs || ((identity.mode & OTHERS_WRITE) !== 0 && (identity.mode & STICKY) === 0);
  }

  #at(name: Buffer): { readonly directoryFd: number; readonly name: Buffer } {
    return { directoryFd: this.descriptor, name };
  }
}
