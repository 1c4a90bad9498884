// SPDX-License-Identifier: Apache-2.0
#include "shared/open-table.h"

#include <doctest/doctest.h>

#include <type_traits>

using namespace lazaret;

TEST_CASE("open table: state and use of a slot come back from its word") {
  for (const SlotState state : {SlotState::free, SlotState::reading, SlotState::waiting, SlotState::answering})
    for (const uint32_t sequence : {0u, 1u, UINT32_MAX}) {
      CHECK(stateOf(slotWord(state, sequence)) == state);
      CHECK(sequenceOf(slotWord(state, sequence)) == sequence);
    }
}

TEST_CASE("open table: who answers a former use of a slot takes nothing") {
  Slot slot{};
  slot.word.store(slotWord(SlotState::waiting, 8));
  uint64_t former = slotWord(SlotState::waiting, 7);
  CHECK_FALSE(slot.word.compare_exchange_strong(former, slotWord(SlotState::answering, 7)));
  uint64_t now = slotWord(SlotState::waiting, 8);
  CHECK(slot.word.compare_exchange_strong(now, slotWord(SlotState::answering, 8)));
}

TEST_CASE("open table: it is plain data without locks, which a dead process can leave") {
  CHECK(std::is_standard_layout_v<Table>);
  CHECK(std::is_trivially_destructible_v<Table>);
  CHECK(std::atomic<uint64_t>::is_always_lock_free);
  CHECK(std::atomic<int32_t>::is_always_lock_free);
}
