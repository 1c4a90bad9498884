// SPDX-License-Identifier: Apache-2.0
// `PROGRAM --version`: which program of which version of the product this is, before it does anything else. Each main()
// begins with it.
#pragma once
#include <cstdio>
#include <cstring>
#include <initializer_list>

#include "lazaret-version-number.h"  // made by version.mk

namespace lazaret {

/** A library that a program runs with. */
struct LibraryVersion {
  const char* name;
  const char* version;
};

/** True where `--version` alone was asked for; then it is told, a line for the program and one for each library, and
 * main() ends with 0. */
inline bool tellVersion(int count, char** arguments, const char* program,
                        std::initializer_list<LibraryVersion> libraries = {}) {
  if (count != 2 || std::strcmp(arguments[1], "--version") != 0) return false;
  std::printf("%s %s\n", program, LAZARET_VERSION);
  for (const LibraryVersion& library : libraries) std::printf("%s %s\n", library.name, library.version);
  return true;
}

}  // namespace lazaret
