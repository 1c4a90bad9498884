// SPDX-License-Identifier: Apache-2.0
// The opens that wait, over the table shared with the supervisor. Owns every event descriptor from its reading to its
// answer. Whoever answers claims the slot first, so each open is answered exactly once, by whichever comes first:
// verdict, deadline, overload.
#pragma once
#include <mutex>
#include <vector>

#include "shared/open-table.h"
#include "shared/descriptor.h"

namespace lazaret::gate {

/** A waiting open by its slot and the use of it: a later use of the same slot is another open. */
struct OpenId {
  uint32_t slot;
  uint32_t sequence;
};

class Opens {
 public:
  /** `group`: descriptor of the permission group. Takes slots up to `usable`. */
  Opens(Table& table, int group, size_t usable);
  /** What the program before this one, in this very process, had read and not answered. They are the caller's, each
   * once. */
  std::vector<Slot*> takeLeft();

  Table& table() { return table_; }
  int group() const { return group_; }

  /** A slot to read an event into, or null while all are taken: then the event stays in the kernel's queue. */
  Slot* take();
  /** Of a slot that holds no event. */
  void giveBack(Slot& slot);
  OpenId idOf(const Slot& slot) const {
    return {static_cast<uint32_t>(&slot - table_.slots), sequenceOf(slot.word.load(std::memory_order_relaxed))};
  }
  /** From now on another thread may answer it. */
  void wait(Slot& slot, uint64_t deadlineAtMs);
  /** By the reader that still has it to itself. The slot stays the reader's, the descriptor is the caller's. */
  Descriptor answerAtOnce(Slot& slot, bool allow);
  /** The descriptor's number is the event's name until it is answered, so it must stay open until then. Null: somebody
   * else has answered. */
  Slot* claim(OpenId id);
  /** At an upgrade. Whether the descriptors of all that wait go along into the next program, or are closed by it. */
  void keepDescriptorsOverExec(bool keep);
  /** Whether nobody has answered it yet. */
  bool isWaiting(OpenId id) const {
    return table_.slots[id.slot].word.load(std::memory_order_acquire) == slotWord(SlotState::waiting, id.sequence);
  }
  /** Answers a claimed open; its descriptor is the caller's from here. The slot is free afterwards. */
  Descriptor answer(Slot& slot, bool allow);
  /** Of an open that nobody can look at any more. False: it was answered before. */
  bool answerBlind(const Slot& slot, bool allow) const { return respond(slot.event.fd, allow); }
  size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

 private:
  bool respond(int fd, bool allow) const;

  Table& table_;
  int group_;
  std::mutex mutex_;
  std::vector<uint32_t> free_;
  std::vector<Slot*> left_;
  std::atomic<size_t> waiting_{0};
};

}  // namespace lazaret::gate
