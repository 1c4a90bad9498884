// SPDX-License-Identifier: Apache-2.0
// Words that the files of this room share.

/** A path's bytes as lossless text (core's path-text.ts). */
export type PathText = string;
