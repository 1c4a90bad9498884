// SPDX-License-Identifier: Apache-2.0
// Gaps: times in which the gate did not see which files changed, because the kernel's queue overflowed or because a
// gate died before it had judged the changed files. A gap stands in the shared table until the agent has scanned what
// changed in it, so a gate or an agent that starts after a death is told of the gap again.
#pragma once
#include <mutex>

#include "shared/open-table.h"
#include "telling/outbox.h"

namespace lazaret::gate {

class Gaps {
 public:
  Gaps(Table& table, Outbox& outbox) : table_(table), outbox_(outbox) {}
  void overflowed(uint64_t fromMs);
  /** Of a former gate. */
  void takeLeftBehind();
  /** False: no number of ours. */
  bool done(uint64_t number);
  /** Changed files since then are in hand and not judged yet; Unix ms. */
  void begin(uint64_t sinceMs);
  void settled() { table_.unsettledSinceMs.store(0); }
  bool isSettled() const { return table_.unsettledSinceMs.load() == 0; }

 private:
  void tell(const char* cause, uint64_t fromMs, uint64_t toMs);

  Table& table_;
  Outbox& outbox_;
  std::mutex mutex_;
  uint64_t last_ = 0;
};

}  // namespace lazaret::gate
