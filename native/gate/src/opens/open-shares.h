// SPDX-License-Identifier: Apache-2.0
// How many opens may wait at once, by owner: each as many as it leaves free. One alone gets half, two a third each; a
// newcomer always finds room. Counts who waits and who was refused, for people. Bounded: what is not waiting makes
// room.
#pragma once
#include <algorithm>
#include <cstdint>
#include <mutex>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#include "opens/owners.h"

namespace lazaret::gate {

class OpenShares {
 public:
  explicit OpenShares(size_t whole) : whole_(whole) {}

  /** False: it has its share waiting already. */
  bool take(OwnerId owner) {
    const std::lock_guard lock(mutex_);
    if (counts_.size() >= ownersMax && !counts_.contains(owner))
      std::erase_if(counts_, [](const auto& entry) { return entry.second.waiting == 0; });
    Counts& counts = counts_[owner];
    if (all_ + 1 >= whole_ || counts.waiting + 1 > whole_ - (all_ + 1)) {
      counts.overloaded++;
      return false;
    }
    counts.waiting++;
    all_++;
    return true;
  }

  /** Whether `take` would. */
  bool fits(OwnerId owner) const {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(owner);
    const size_t waiting = found == counts_.end() ? 0 : found->second.waiting;
    return all_ + 1 < whole_ && waiting + 1 <= whole_ - (all_ + 1);
  }

  void give(OwnerId owner) {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(owner);
    if (found == counts_.end() || found->second.waiting == 0) return;
    found->second.waiting--;
    all_--;
  }

  /** Who waits, or had more than its share; the most first. */
  nlohmann::json top(size_t count) const {
    std::vector<std::pair<OwnerId, Counts>> rows;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& entry : counts_)
        if (entry.second.waiting > 0 || entry.second.overloaded > 0) rows.push_back(entry);
    }
    std::sort(rows.begin(), rows.end(), [](const auto& left, const auto& right) {
      return left.second.waiting + left.second.overloaded > right.second.waiting + right.second.overloaded;
    });
    nlohmann::json list = nlohmann::json::array();
    for (size_t index = 0; index < std::min(count, rows.size()); index++)
      list.push_back({{"uid", userOf(rows[index].first)},
                      {"waiting", rows[index].second.waiting},
                      {"overload", rows[index].second.overloaded}});
    return list;
  }

 private:
  static constexpr size_t ownersMax = 4'096;
  struct Counts {
    size_t waiting = 0;
    uint64_t overloaded = 0;
  };
  const size_t whole_;
  mutable std::mutex mutex_;
  std::unordered_map<OwnerId, Counts> counts_;
  size_t all_ = 0;
};

}  // namespace lazaret::gate
