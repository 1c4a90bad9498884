// SPDX-License-Identifier: Apache-2.0
// Whether a file is something to run: a program, a library, a script. An exception by process leaves out the data of a
// program, never code that somebody else lets it load (`LD_PRELOAD=evil.so sort`): the kernel tells of no executable
// mapping, so the open is where that is seen.
#pragma once
#include <string_view>

namespace lazaret::gate {

/** By the first bytes of the content and the path's last name. Errs towards true. */
bool mayRun(std::string_view head, std::string_view path);

/** The same of an open file. True where its head cannot be read without asking a program (FUSE), which may be waiting
 * for us. */
bool mayRun(int file, std::string_view path);

}  // namespace lazaret::gate
