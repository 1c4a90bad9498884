// SPDX-License-Identifier: Apache-2.0
// Words that the files of this room share.

/** A path's bytes as lossless text (core's path-text.ts). */
export type PathText = string;

/** What a file system is for a scan (LM-8): only `local` ones are entered. */
export type FileSystemClass = 'local' | 'pseudo' | 'network';
