// SPDX-License-Identifier: Apache-2.0
#include "clock-thread.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "shared/clock.h"
#include "shared/urgent.h"
#include "keeper.h"

namespace lazaret::gate {

static constexpr auto busyTick = std::chrono::milliseconds(10), idleTick = std::chrono::milliseconds(250);

void ClockThread::run() {
  runUrgently();
  ConfigurationView rules(rules_);
  for (;;) {
    opens_.table().aliveAtMs.store(monotonicMs());
    const GateConfiguration& now = rules.get();
    const bool waiting = opens_.waiting() > 0;
    if (waiting) expireDue(monotonicMs(), now.failClosed);
    judging_.tick();
    if (opens_.group() >= 0) keepDescriptors(opens_.table());
    // A deadline is never shorter than this looks away.
    const auto idle = std::min<std::chrono::milliseconds>(
        idleTick, std::chrono::milliseconds(std::max<uint32_t>(now.deadlineMs / 4, 10)));
    std::this_thread::sleep_for(waiting ? busyTick : idle);
  }
}

void ClockThread::expireDue(uint64_t now, bool failClosed) {
  const Table& table = opens_.table();
  const size_t used = std::min<size_t>(table.slotsUsed.load(), slotsMax);
  Judging::Openers openers;
  for (size_t index = 0; index < used; index++) {
    const Slot& slot = table.slots[index];
    const uint64_t word = slot.word.load(std::memory_order_acquire);
    if (stateOf(word) != SlotState::waiting || slot.deadlineAtMs.load() > now) continue;
    judging_.expire({static_cast<uint32_t>(index), sequenceOf(word)}, failClosed, openers);
    opens_.table().aliveAtMs.store(monotonicMs());
  }
}

}  // namespace lazaret::gate
