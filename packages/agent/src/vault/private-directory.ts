// SPDX-License-Identifier: Apache-2.0
// A directory that nobody but us may enter: made so, and refused when it is not so.
import { LazaretError } from '@lazaret/core';
import type { Host, OwnFolder } from '@lazaret/host/ports';

export function ensurePrivateDirectory(path: string, files: Host['files']): OwnFolder {
  const folder = files.ownFolder(path);
  if (folder !== null) return folder;
  throw new LazaretError(
    'vault.unsafe_directory',
    'this directory must belong to the user of the agent, must have mode 0700, and must not be a link',
    {
      where: path,
    },
  );
}
