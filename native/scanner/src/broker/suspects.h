// SPDX-License-Identifier: GPL-2.0-only
// Files that killed a worker or held it up, by owner, size and a digest of their first bytes: a copy is known before
// anything parses it. Bounded, each entry for a while; an owner's own entries make room for its new ones first, so that
// nobody empties the table for the others.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace lazaret {

class Suspects {
 public:
  static constexpr size_t entriesMax = 1024, perOwnerMax = 64;
  static constexpr uint64_t lifeMs = 600'000;

  void add(uint64_t owner, uint64_t bytes, std::string_view digest, uint64_t nowMs);
  /** Worth asking for its digest. */
  bool hasSize(uint64_t owner, uint64_t bytes, uint64_t nowMs) const;
  bool has(uint64_t owner, uint64_t bytes, std::string_view digest, uint64_t nowMs) const;
  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    uint64_t owner, bytes;
    std::string digest;
    uint64_t untilMs;
  };
  std::deque<Entry> entries_;  // the oldest first
};

}  // namespace lazaret
