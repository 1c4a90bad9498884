// SPDX-License-Identifier: Apache-2.0
// Files that are known to be refused, apart from those that are known to be clean: however many clean files somebody
// opens, none of these goes. Bounded; where it is full, who owns most of them (the files' owners, and who has many
// infected files made them) loses the oldest of its own. A verdict here outlives a time in which nobody saw what
// changed: it goes with the content (the key), or with what it was judged by.
#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <shared_mutex>
#include <unordered_map>

#include "opens/file-key.h"
#include "opens/owners.h"

namespace lazaret::gate {

class DetectedTable {
 public:
  explicit DetectedTable(size_t entriesMax = 16'384) : entriesMax_(entriesMax) {}

  bool has(const FileKey& key) const {
    if (count_.load(std::memory_order_acquire) == 0) return false;
    const std::shared_lock lock(mutex_);
    return owners_.contains(key);
  }

  void add(const FileKey& key, OwnerId owner, uint32_t generation) {
    const std::unique_lock lock(mutex_);
    if (generation != generation_.load() || owners_.contains(key)) return;
    if (owners_.size() >= entriesMax_) dropOne();
    owners_.emplace(key, owner);
    byOwner_[owner].push_back(key);
    count_.store(owners_.size(), std::memory_order_release);
  }

  /** All of it was judged by what is no longer in force. */
  void clear() {
    const std::unique_lock lock(mutex_);
    generation_.fetch_add(1);
    owners_.clear();
    byOwner_.clear();
    count_.store(0, std::memory_order_release);
  }

  uint32_t generation() const { return generation_.load(std::memory_order_acquire); }
  size_t size() const { return count_.load(); }

 private:
  void dropOne() {
    auto most = byOwner_.begin();
    for (auto one = byOwner_.begin(); one != byOwner_.end(); ++one)
      if (one->second.size() > most->second.size()) most = one;
    owners_.erase(most->second.front());
    most->second.pop_front();
    if (most->second.empty()) byOwner_.erase(most);
  }

  const size_t entriesMax_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<FileKey, OwnerId, FileKeyHash> owners_;
  std::unordered_map<OwnerId, std::deque<FileKey>> byOwner_;  // the oldest first
  std::atomic<size_t> count_{0};
  std::atomic<uint32_t> generation_{1};
};

}  // namespace lazaret::gate
