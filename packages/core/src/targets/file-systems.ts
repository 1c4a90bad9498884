// SPDX-License-Identifier: Apache-2.0
// Which class a type of file system is of (RT-2c, LM-8b), by the tables of file-system-types.ts.
import { isNetworkPath } from '../text/paths.ts';
import { FUSE_NETWORK_PROGRAMS, NETWORK_FILE_SYSTEMS, PSEUDO_FILE_SYSTEMS } from './file-system-types.ts';

/** `pseudo`: the kernel's own windows, without files of anyone. `fuse-network`: a program that brings a network. */
export type FileSystemClass = 'local' | 'pseudo' | 'network' | 'fuse-network';

/** The class of a file system by its kernel name, and for FUSE programs that nobody listed by what they say they mount (`host:/x`, `//host/x`). */
export function classifyFileSystem(type: string, source = ''): FileSystemClass {
  if (PSEUDO_FILE_SYSTEMS.has(type)) return 'pseudo';
  if (NETWORK_FILE_SYSTEMS.has(type)) return 'network';
  if (type !== 'fuse' && !type.startsWith('fuse.')) return 'local';
  return FUSE_NETWORK_PROGRAMS.has(type.slice('fuse.'.length)) || isNetworkPath(source) ? 'fuse-network' : 'local';
}

/** LM-8: whether a class is a network's. */
export function isNetworkClass(fileSystem: FileSystemClass): boolean {
  return fileSystem === 'network' || fileSystem === 'fuse-network';
}
