// SPDX-License-Identifier: GPL-2.0-only
// Landlock: which files, no TCP, no abstract sockets or signals to others.
#pragma once
#include <string>
#include <vector>

namespace lazaret {

struct AllowedPlace {
  std::string path;
  bool write;
};

int landlockAbi();  // 0: the kernel has none
// Everything but these places is out of reach from now on. False: not in force.
bool restrictFiles(const std::vector<AllowedPlace>& places);

}  // namespace lazaret
