// SPDX-License-Identifier: Apache-2.0
// Whether a mount may have come to be anywhere on this machine, in whatever namespace, since it was last asked.
// Linux 6.8 and later give every mount a number that only grows: one that is made for the question, seen by nobody and
// gone at once, tells whether there was another in between.
#pragma once
#include <cstdint>

namespace lazaret::gate {

class MountBirths {
 public:
  /** True also where the kernel does not tell. */
  bool any();

 private:
  uint64_t last_ = 0;
};

}  // namespace lazaret::gate
