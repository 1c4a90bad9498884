// SPDX-License-Identifier: Apache-2.0
// The port *files* on Linux.
import {
  openAsCaller,
  openDirectory,
  openForScan,
  placeOf,
  TreeWalk,
  type OpenRequest as DescriptorRequest,
  type OpenResult as DescriptorResult,
} from '@lazaret/safefs';
import type { Files, OpenRequest, OpenResult } from '../../ports/files.ts';
import { objectOf } from '../../ports/object-id.ts';
import { LinuxFile } from './linux-file.ts';
import { LinuxFolder } from './linux-folder.ts';
import { openOwnFolder } from './own-folder.ts';

export const linuxFiles: Files = {
  openFolder: (path) => new LinuxFolder(openDirectory(path)),
  openForScan: async (requests, options) => (await openForScan(requests.map(byDescriptor), options)).map(resultOf),
  openAsCaller: async (path, caller) => resultOf(await openAsCaller(path, caller)),
  adopt: (descriptor) => new LinuxFile(descriptor),
  placeOf,
  walk: (options) => new TreeWalk(options),
  ownFolder: openOwnFolder,
};

function byDescriptor({ path, folder }: OpenRequest): DescriptorRequest {
  return { path, ...(folder === undefined ? {} : { directoryFd: folder.descriptor }) };
}

function resultOf(result: DescriptorResult): OpenResult {
  if (!result.opened) return result;
  const { fd, identity } = result;
  return { opened: true, file: new LinuxFile(fd), object: objectOf(identity), identity };
}
