// SPDX-License-Identifier: Apache-2.0
// The error codes of actions, and which errno of the kernel leads to which code. The union is closed, so the catalogue of error codes must name each of them.

export type ActionCode =
  | 'action.append_only'
  | 'action.busy'
  | 'action.changed'
  | 'action.displaced'
  | 'action.immutable'
  | 'action.io_error'
  | 'action.no_space'
  | 'action.not_permitted'
  | 'action.object_moved'
  | 'action.path_unsafe'
  | 'action.read_only'
  | 'action.stranded'
  | 'clean.not_available';

export interface ActionError {
  readonly code: string;
  readonly message: string;
}

const BY_ERRNO: Readonly<Record<string, readonly [ActionCode, string]>> = {
  EROFS: ['action.read_only', 'the file system is mounted read-only'],
  EPERM: ['action.not_permitted', 'the file system does not allow the action'],
  EACCES: ['action.not_permitted', 'the file system does not allow the action'],
  EBUSY: ['action.busy', 'the file is a mount point or in use by the kernel'],
  ENOSPC: ['action.no_space', 'the file system has no space left for a folder'],
  EDQUOT: ['action.no_space', 'the quota is used up, so no folder can be made'],
  ELOOP: ['action.path_unsafe', 'the path of the file contains a symbolic link'],
  ENOTDIR: ['action.path_unsafe', 'a part of the path of the file is not a directory'],
};

/** The errno's name, or "unknown". */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

export function actionErrorOf(error: unknown): ActionError {
  const errno = errnoOf(error);
  const [code, message] = BY_ERRNO[errno] ?? ['action.io_error', 'the operating system refused the action'];
  return { code, message: `${message} (${errno})` };
}
