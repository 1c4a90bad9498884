// SPDX-License-Identifier: Apache-2.0
// Written files whose owner has his share of background scans under way: what the kernel told of them, until there is
// room. So nobody's slow files keep another's from being looked at. Owners take turns. Bounded in bytes; an owner has
// as many as it leaves free. Owns no descriptor.
#pragma once
#include <cstddef>
#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "opens/owners.h"

namespace lazaret::gate {

class WrittenFiles {
 public:
  explicit WrittenFiles(size_t bytesMax = 16u << 20) : bytesMax_(bytesMax) {}

  /** `which`: its part that says which file it is; of one file one event waits. False: no room for this owner's. */
  bool keep(OwnerId owner, std::string event, std::string which) {
    if (known_.contains(which)) return true;
    const size_t bytes = event.size() + which.size() + overhead;
    Owner& one = owners_[owner];
    if (all_ + bytes > bytesMax_ || one.bytes + bytes > bytesMax_ - (all_ + bytes)) {
      if (one.waiting.empty()) owners_.erase(owner);
      return false;
    }
    one.bytes += bytes;
    all_ += bytes;
    known_.insert(which);
    one.waiting.push_back({std::move(event), std::move(which)});
    return true;
  }

  bool empty() const { return owners_.empty(); }

  /** Each owner's, the oldest first, as long as `attempt(owner, event)` takes them. */
  template <class Attempt>
  void offer(Attempt attempt) {
    std::vector<OwnerId> owners;
    for (const auto& entry : owners_) owners.push_back(entry.first);
    for (const OwnerId owner : owners) offerOf(owner, attempt);
  }

 private:
  static constexpr size_t overhead = 128;
  struct Waiting {
    std::string event, which;
  };
  struct Owner {
    std::deque<Waiting> waiting;
    size_t bytes = 0;
  };

  template <class Attempt>
  void offerOf(OwnerId owner, Attempt& attempt) {
    Owner& one = owners_[owner];
    while (!one.waiting.empty() && attempt(owner, one.waiting.front().event)) {
      const size_t bytes = one.waiting.front().event.size() + one.waiting.front().which.size() + overhead;
      one.bytes -= bytes;
      all_ -= bytes;
      known_.erase(one.waiting.front().which);
      one.waiting.pop_front();
    }
    if (one.waiting.empty()) owners_.erase(owner);
  }

  const size_t bytesMax_;
  size_t all_ = 0;
  std::unordered_map<OwnerId, Owner> owners_;
  std::unordered_set<std::string> known_;
};

}  // namespace lazaret::gate
