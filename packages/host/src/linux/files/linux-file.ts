// SPDX-License-Identifier: Apache-2.0
// An open file of Linux: positioned reads and writes, whole or with an error, and what it has beside its bytes.
import { fchmodSync, fchownSync, fstatSync, fsync, ftruncate, read, write } from 'node:fs';
import { promisify } from 'node:util';
import {
  dataRanges,
  dropLease,
  leaseHeld,
  readAttributes,
  readExtendedFlags,
  readInodeFlags,
  removeAttribute,
  reserve,
  reservedRanges,
  takeLease,
  writeAttribute,
  writeExtendedFlags,
  writeInodeFlags,
  writeTimes,
} from '@lazaret/safefs';
import type { Attribute, ExtendedFlags, Range } from '../../ports/file-facts.ts';
import type { NewFile, OpenFile } from '../../ports/open-file.ts';
import { OpenDescriptor } from './descriptor.ts';

const readOnce = promisify(read);
const writeOnce = promisify(write);
const synchronize = promisify(fsync);
const truncate = promisify(ftruncate);

/** What stat(2) counts blocks in. */
const BLOCK_BYTES = 512;

export class LinuxFile extends OpenDescriptor implements OpenFile {
  async readAt(buffer: Buffer, position: number): Promise<number> {
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await readOnce(this.descriptor, buffer, filled, buffer.length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  }

  allocatedBytes(): number {
    return fstatSync(this.descriptor).blocks * BLOCK_BYTES;
  }

  dataRanges(from: number, size: number, rangesMax: number): readonly Range[] {
    return dataRanges(this.descriptor, from, size, rangesMax);
  }

  reservedRanges(rangesMax: number, extentsMax: number): readonly Range[] {
    return reservedRanges(this.descriptor, rangesMax, extentsMax);
  }

  readAttributes(): readonly Attribute[] {
    return readAttributes(this.descriptor);
  }

  readInodeFlags(): number {
    return readInodeFlags(this.descriptor);
  }

  readExtendedFlags(): ExtendedFlags | null {
    return readExtendedFlags(this.descriptor);
  }

  takeLease(): boolean {
    return takeLease(this.descriptor);
  }

  leaseHeld(): boolean {
    return leaseHeld(this.descriptor);
  }

  dropLease(): void {
    dropLease(this.descriptor);
  }
}

export class LinuxNewFile extends LinuxFile implements NewFile {
  async writeAt(buffer: Buffer, position: number): Promise<void> {
    let written = 0;
    while (written < buffer.length) {
      const { bytesWritten } = await writeOnce(
        this.descriptor,
        buffer,
        written,
        buffer.length - written,
        position + written,
      );
      written += bytesWritten;
    }
  }

  async setSize(bytes: number): Promise<void> {
    await truncate(this.descriptor, bytes);
  }

  async synchronize(): Promise<void> {
    await synchronize(this.descriptor);
  }

  writeOwner(uid: number, gid: number): void {
    fchownSync(this.descriptor, uid, gid);
  }

  writeMode(mode: number): void {
    fchmodSync(this.descriptor, mode);
  }

  writeAttribute(name: Buffer, value: Buffer): void {
    writeAttribute(this.descriptor, name, value);
  }

  removeAttribute(name: Buffer): void {
    removeAttribute(this.descriptor, name);
  }

  writeTimes(accessNs: bigint, modificationNs: bigint): void {
    writeTimes(this.descriptor, accessNs, modificationNs);
  }

  writeInodeFlags(flags: number): void {
    writeInodeFlags(this.descriptor, flags);
  }

  writeExtendedFlags(flags: ExtendedFlags): void {
    writeExtendedFlags(this.descriptor, flags);
  }

  reserve(range: Range): void {
    reserve(this.descriptor, range);
  }
}
