// SPDX-License-Identifier: Apache-2.0
// Checks that a file still has the content that was scanned (AC-9). It has two means. The first is a read lease: the kernel grants one only while nobody has
// the file open for writing or mapped writable, and breaks it before anybody can write. Without a lease it compares size, times and hash. It owns the lease
// from verify() to release(); the caller owns the file.
import type { FileIdentity, OpenFile } from '@lazaret/host/ports';
import { hashFile } from '../vault/index.ts';
import type { ScannedFile } from './scanned-file.ts';

export class ContentGuard {
  readonly #file: OpenFile;
  readonly #leased: boolean;
  #reference: FileIdentity;
  #sha256: string | null;

  private constructor(file: ScannedFile, leased: boolean) {
    this.#file = file.opened;
    this.#leased = leased;
    this.#reference = file.identity;
    this.#sha256 = file.sha256;
  }

  /** Null when the content is not what was scanned. `read`: compare the hash even where the times are the same (a store through mmap may leave them). */
  static async verify(file: ScannedFile, read: boolean): Promise<ContentGuard | null> {
    const guard = new ContentGuard(file, file.opened.takeLease());
    let same = false;
    try {
      same = await guard.#isAsScanned(read);
    } finally {
      if (!same) guard.release();
    }
    return same ? guard : null;
  }

  async #isAsScanned(read: boolean): Promise<boolean> {
    const now = this.#file.describe().identity;
    const untouched = isSameVersion(now, this.#reference) && now.ctimeNs === this.#reference.ctimeNs;
    if (untouched && !(read && this.#sha256 !== null)) return true;
    return await this.#hasKnownHash(now);
  }

  async #hasKnownHash(now: FileIdentity): Promise<boolean> {
    if (this.#sha256 === null || now.size !== this.#reference.size) return false;
    if ((await hashFile(this.#file)) !== this.#sha256) return false;
    this.#reference = now;
    return isSameVersion(this.#file.describe().identity, now);
  }

  /** The hash of what was read under this guard; null where its holes are too large for one: then size and times must do. */
  know({ sha256 }: { readonly sha256: string | null }): void {
    this.#sha256 = sha256;
  }

  /** For the moment after a copy: nobody wrote since verify(), as far as lease or times tell. */
  isUntouched(): boolean {
    if (this.#leased && this.#file.leaseHeld()) return true;
    return isSameVersion(this.#file.describe().identity, this.#reference);
  }

  /** For the moment before the file goes. Our own rename changed its ctime, so without a lease the hash decides where it is known. */
  async isUnchanged(): Promise<boolean> {
    if (this.#leased && this.#file.leaseHeld()) return true;
    const now = this.#file.describe().identity;
    return this.#sha256 === null ? isSameVersion(now, this.#reference) : await this.#hasKnownHash(now);
  }

  release(): void {
    if (this.#leased) this.#file.dropLease();
  }
}

function isSameVersion(one: FileIdentity, other: FileIdentity): boolean {
  return one.size === other.size && one.mtimeNs === other.mtimeNs;
}
