// SPDX-License-Identifier: GPL-2.0-only
#include "broker/suspects.h"

#include <algorithm>

namespace lazaret {

void Suspects::add(uint64_t owner, uint64_t bytes, std::string_view digest, uint64_t nowMs) {
  const auto isOwners = [owner](const Entry& entry) { return entry.owner == owner; };
  std::erase_if(entries_, [&](const Entry& entry) {
    return entry.untilMs <= nowMs || (isOwners(entry) && entry.bytes == bytes && entry.digest == digest);
  });
  if (static_cast<size_t>(std::count_if(entries_.begin(), entries_.end(), isOwners)) >= perOwnerMax)
    entries_.erase(std::find_if(entries_.begin(), entries_.end(), isOwners));
  if (entries_.size() >= entriesMax) entries_.pop_front();
  entries_.push_back({owner, bytes, std::string(digest), nowMs + lifeMs});
}

bool Suspects::hasSize(uint64_t owner, uint64_t bytes, uint64_t nowMs) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.owner == owner && entry.bytes == bytes && nowMs < entry.untilMs;
  });
}

bool Suspects::has(uint64_t owner, uint64_t bytes, std::string_view digest, uint64_t nowMs) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.owner == owner && entry.bytes == bytes && entry.digest == digest && nowMs < entry.untilMs;
  });
}

}  // namespace lazaret
