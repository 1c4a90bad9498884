// SPDX-License-Identifier: Apache-2.0
#include "opens/opens.h"

#include <fcntl.h>
#include <sys/fanotify.h>

#include <algorithm>
#include <utility>

namespace lazaret::gate {

Opens::Opens(Table& table, int group, size_t usable) : table_(table), group_(group) {
  const size_t count = std::min(usable, slotsMax);
  free_.reserve(count);
  for (size_t index = count; index-- > 0;) {
    Slot& slot = table.slots[index];
    if (stateOf(slot.word.load()) == SlotState::free) {
      free_.push_back(static_cast<uint32_t>(index));
      continue;
    }
    // Nobody else's from here on: the clock looks at what waits alone.
    slot.word.store(slotWord(SlotState::reading, sequenceOf(slot.word.load()) + 1));
    left_.push_back(&slot);
  }
}

std::vector<Slot*> Opens::takeLeft() {
  std::vector<Slot*> events;
  for (Slot* slot : std::exchange(left_, {})) {
    if (slot->event.event_len != 0 && slot->event.fd >= 0) events.push_back(slot);
    else giveBack(*slot);
  }
  return events;
}

void Opens::keepDescriptorsOverExec(bool keep) {
  const size_t used = std::min<size_t>(table_.slotsUsed.load(), slotsMax);
  for (size_t index = 0; index < used; index++) {
    const Slot& slot = table_.slots[index];
    if (stateOf(slot.word.load()) != SlotState::free && slot.event.event_len != 0 && slot.event.fd >= 0)
      fcntl(slot.event.fd, F_SETFD, keep ? 0 : FD_CLOEXEC);
  }
}

Slot* Opens::take() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return nullptr;
  const uint32_t index = free_.back();
  Slot& slot = table_.slots[index];
  free_.pop_back();
  if (index >= table_.slotsUsed.load(std::memory_order_relaxed)) table_.slotsUsed.store(index + 1);
  slot.event.event_len = 0;
  slot.event.fd = -1;
  slot.cameAtMs.store(0, std::memory_order_relaxed);
  slot.deadlineAtMs.store(0, std::memory_order_relaxed);
  slot.recorded.store(0, std::memory_order_relaxed);
  slot.file.device = 0;
  slot.file.handleBytes = 0;
  slot.file.pathBytes = 0;
  slot.word.store(slotWord(SlotState::reading, sequenceOf(slot.word.load()) + 1));
  return &slot;
}

void Opens::giveBack(Slot& slot) {
  slot.event.event_len = 0;
  slot.word.store(slotWord(SlotState::free, sequenceOf(slot.word.load())));
  const std::lock_guard lock(mutex_);
  free_.push_back(static_cast<uint32_t>(&slot - table_.slots));
}

bool Opens::respond(int fd, bool allow) const {
  const fanotify_response response{fd, static_cast<uint32_t>(allow ? FAN_ALLOW : FAN_DENY)};
  // ENOENT: the opener was killed while it waited. Nothing else can go wrong, and nothing could be done about it.
  return write(group_, &response, sizeof response) == static_cast<ssize_t>(sizeof response);
}

void Opens::wait(Slot& slot, uint64_t deadlineAtMs) {
  slot.deadlineAtMs.store(deadlineAtMs, std::memory_order_relaxed);
  waiting_.fetch_add(1, std::memory_order_relaxed);
  slot.word.store(slotWord(SlotState::waiting, sequenceOf(slot.word.load(std::memory_order_relaxed))),
                  std::memory_order_release);
}

Descriptor Opens::answerAtOnce(Slot& slot, bool allow) {
  Descriptor file(slot.event.fd);
  respond(file.get(), allow);
  slot.event.event_len = 0;
  // The next event is read into it: nothing of this one may be taken for it.
  slot.recorded.store(0, std::memory_order_relaxed);
  slot.file.device = 0;
  slot.file.handleBytes = 0;
  slot.file.pathBytes = 0;
  return file;
}

Slot* Opens::claim(OpenId id) {
  Slot& slot = table_.slots[id.slot];
  uint64_t expected = slotWord(SlotState::waiting, id.sequence);
  return slot.word.compare_exchange_strong(expected, slotWord(SlotState::answering, id.sequence)) ? &slot : nullptr;
}

Descriptor Opens::answer(Slot& slot, bool allow) {
  Descriptor file(slot.event.fd);
  respond(file.get(), allow);
  waiting_.fetch_sub(1, std::memory_order_relaxed);
  giveBack(slot);
  return file;
}

}  // namespace lazaret::gate
