// SPDX-License-Identifier: Apache-2.0
// One child: started with chosen descriptors, ended with the supervisor whatever becomes of it.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lazaret {

struct ChildPlan {
  std::vector<std::string> argv;
  std::vector<std::pair<int, int>> descriptors;  // (ours, the child's); all others close at exec
  std::vector<std::string> environment;          // added to ours
  int nice = 0;
  unsigned long descriptorsMax = 0;  // RLIMIT_NOFILE; 0: ours
};

/** The child's pid, or -1 with errno. Exec that fails ends the child with 127. */
int startChild(const ChildPlan& plan);

}  // namespace lazaret
