// SPDX-License-Identifier: Apache-2.0
// What a call in memory throws: an error with a code, as a system call has.

export function fault(code: string): Error {
  return Object.assign(new Error(`${code}: the file system in memory refuses it`), { code });
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'EIO';
}
