// SPDX-License-Identifier: Apache-2.0
// The possible results of a removal.
import type { OpenFile, OpenFolder, OpenObject } from '@lazaret/host/ports';
import { showPath } from '../vault/index.ts';
import { type ActionError, actionErrorOf, errnoOf } from './codes.ts';
import type { ScannedFile } from './scanned-file.ts';
import type { PutBack } from './staging.ts';

/** `gone`: nobody has the object under any name any more. */
export type Removal =
  | { readonly outcome: 'removed'; readonly linksLeft: number }
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'changed' | 'failed'; readonly error: ActionError };

export const CONTENT_CHANGED: Removal = {
  outcome: 'changed',
  error: { code: 'action.changed', message: 'the file changed after it was scanned' },
};

export function failed(error: ActionError): Removal {
  return { outcome: 'failed', error };
}

/** The name does not mean our object any more: it went, or it lives on under another name. */
export function missing(file: ScannedFile): Removal {
  if (file.opened.describe().identity.nlink === 0) return { outcome: 'gone' };
  const message = 'the file was moved or replaced after it was scanned; nothing was changed';
  return failed({ code: 'action.object_moved', message });
}

/** `otherwise` holds when what was moved is in its place again. */
export function returned(back: PutBack, otherwise: Removal): Removal {
  switch (back.kind) {
    case 'in-place':
      return otherwise;
    case 'beside': {
      const message = `another file took the name meanwhile; the original file is beside it as ${showPath(back.name)}`;
      return failed({ code: 'action.displaced', message });
    }
    case 'stranded': {
      const message = `the moved file could not be put back (${back.errno}); it stays in a folder of Lazaret until the next start`;
      return failed({ code: 'action.stranded', message });
    }
  }
}

/** EPERM has many fathers; an attribute on the file or its folder is the usual one, and is never stripped. */
export function explainRefusal(error: unknown, file: OpenFile, folder: OpenFolder): ActionError {
  if (errnoOf(error) !== 'EPERM' && errnoOf(error) !== 'EACCES') return actionErrorOf(error);
  return protectionOf(file, 'file') ?? protectionOf(folder, 'folder') ?? actionErrorOf(error);
}

/** chattr's +i or +a on a file or folder, or null. */
export function protectionOf(open: OpenObject, what: 'file' | 'folder'): ActionError | null {
  const { immutable, appendOnly } = open.protection();
  if (immutable) {
    return {
      code: 'action.immutable',
      message: `the ${what} has the attribute "immutable" (chattr +i), which Lazaret never removes`,
    };
  }
  if (!appendOnly) return null;
  return {
    code: 'action.append_only',
    message: `the ${what} has the attribute "append only" (chattr +a), which Lazaret never removes`,
  };
}
