// SPDX-License-Identifier: Apache-2.0
// Between those that hand numbers on and those that take what is open.
import type { OpenFile } from '../../ports/open-file.ts';
import type { OpenFolder } from '../../ports/open-folder.ts';
import { LinuxFile } from './linux-file.ts';
import { LinuxFolder } from './linux-folder.ts';

class BorrowedFile extends LinuxFile {
  override close(): void {
    // It is somebody else's.
  }
}

/** Of a descriptor that stays somebody else's to close. */
export function borrowFile(descriptor: number): OpenFile {
  return new BorrowedFile(descriptor);
}

export function adoptFolder(descriptor: number): OpenFolder {
  return new LinuxFolder(descriptor);
}
