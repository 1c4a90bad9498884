// SPDX-License-Identifier: Apache-2.0
// Since when an event may have waited in the kernel's queue. The kernel does not say it, and while all slots are taken
// nobody reads: the deadline of an open counts from its coming all the same (RT-9a). Never too late: what was in the
// queue at a look is as old as the look before.
#pragma once
#include <sys/ioctl.h>

#include <atomic>
#include <cstdint>
#include <mutex>

#include "shared/open-table.h"

namespace lazaret::gate {

class QueueAge {
 public:
  QueueAge(Table& table, int group) : group_(group), sinceMs_(table.queuedSinceMs) {}

  /** No slot is free: from now on events wait unread. */
  void stalled(uint64_t now) {
    if (sinceMs_.load(std::memory_order_relaxed) != 0) return;
    const std::lock_guard lock(mutex_);
    if (sinceMs_.load() != 0) return;
    looked_ = false;
    sinceMs_.store(now);
  }

  /** A slot is there again. An empty queue has nothing that waits; events of openers that were killed have gone from it
   * unread. */
  void beforeRead(uint64_t now) {
    if (sinceMs_.load(std::memory_order_relaxed) == 0) return;
    const std::lock_guard lock(mutex_);
    if (!looked_) look(sinceMs_.load(), now);
    else if (queued() == 0) sinceMs_.store(0);
  }

  /** Of an event that was read now. */
  uint64_t arrivedAt(uint64_t now) {
    if (sinceMs_.load(std::memory_order_relaxed) == 0) return now;
    const std::lock_guard lock(mutex_);
    const uint64_t since = sinceMs_.load();
    if (since == 0) return now;
    // Another reader was in its read already when this began.
    if (!looked_) look(since, now);
    else if (--waiting_ == 0) look(nextSinceMs_, now);
    return since;
  }

 private:
  uint64_t queued() const {
    int bytes = 0;
    ioctl(group_, FIONREAD, &bytes);
    return static_cast<uint64_t>(bytes) / sizeof(fanotify_event_metadata);
  }

  void look(uint64_t since, uint64_t now) {
    waiting_ = queued();
    looked_ = true;
    nextSinceMs_ = now;
    sinceMs_.store(waiting_ == 0 ? 0 : since);
  }

  int group_;
  std::mutex mutex_;
  std::atomic<uint64_t>& sinceMs_;  // in the table: the next gate goes on by it
  uint64_t nextSinceMs_ = 0, waiting_ = 0;
  bool looked_ = false;
};

}  // namespace lazaret::gate
