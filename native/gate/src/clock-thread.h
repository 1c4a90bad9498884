// SPDX-License-Identifier: Apache-2.0
// The gate's clock: deadlines of waiting opens, the sign of life to the supervisor, the keeper, and what was not sent
// yet. A thread that waits for nothing but time.
#pragma once
#include "judging/judging.h"

namespace lazaret::gate {

class ClockThread {
 public:
  ClockThread(Opens& opens, Judging& judging, const ConfigurationKeeper& rules)
      : opens_(opens), judging_(judging), rules_(rules) {}
  void run();

 private:
  void expireDue(uint64_t now, bool failClosed);
  Opens& opens_;
  Judging& judging_;
  const ConfigurationKeeper& rules_;
};

}  // namespace lazaret::gate
