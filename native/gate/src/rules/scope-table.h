// SPDX-License-Identifier: Apache-2.0
// Literal texts by hash, for look-ups of many prefixes of one path: the hash of a longer prefix goes on from the
// shorter one's, so that a path costs its length, not its length times its depth.
#pragma once
#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lazaret::gate {

/** FNV-1a. Who makes two names collide gains one comparison of bytes, no more: the table holds only what the policy
 * names. */
inline constexpr uint64_t hashStart = 14695981039346656037ULL;
inline uint64_t hashOn(uint64_t hash, char byte) {
  return (hash ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
}
inline uint64_t hashOf(std::string_view text, uint64_t hash = hashStart) {
  for (const char byte : text) hash = hashOn(hash, byte);
  return hash;
}

template <typename Value>
class TextTable {
 public:
  /** The first of the same text stays. */
  void add(std::string text, Value value) {
    const uint64_t hash = hashOf(text);
    if (find(text, hash) != nullptr) return;
    if ((entries_.size() + 1) * 2 > slots_.size()) grow();
    lengths_.set(lengthBit(text.size()));
    entries_.push_back({std::move(text), std::move(value), hash});
    place(entries_.size() - 1);
  }

  bool empty() const { return entries_.empty(); }

  /** Whether any text is that long: most prefixes end here, without touching the table. */
  bool mayHave(size_t length) const { return lengths_.test(lengthBit(length)); }

  const Value* find(std::string_view text, uint64_t hash) const {
    if (slots_.empty() || !mayHave(text.size())) return nullptr;
    const size_t mask = slots_.size() - 1;
    for (size_t at = mix(hash) & mask; slots_[at] != 0; at = (at + 1) & mask) {
      const Entry& entry = entries_[slots_[at] - 1];
      if (entry.hash == hash && entry.text == text) return &entry.value;
    }
    return nullptr;
  }
  const Value* find(std::string_view text) const { return find(text, hashOf(text)); }

 private:
  struct Entry {
    std::string text;
    Value value;
    uint64_t hash;
  };
  static constexpr size_t lengthsKept = 4096;
  static size_t lengthBit(size_t length) { return length < lengthsKept ? length : lengthsKept - 1; }
  /** FNV's low bits alone are weak for a mask. */
  static size_t mix(uint64_t hash) { return static_cast<size_t>(hash ^ (hash >> 32)); }

  void place(size_t index) {
    const size_t mask = slots_.size() - 1;
    size_t at = mix(entries_[index].hash) & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = static_cast<uint32_t>(index + 1);
  }
  void grow() {
    slots_.assign(slots_.empty() ? 16 : slots_.size() * 2, 0);
    for (size_t index = 0; index < entries_.size(); index++) place(index);
  }

  std::vector<Entry> entries_;
  std::vector<uint32_t> slots_;  // index + 1, 0 = free; at most half full
  std::bitset<lengthsKept> lengths_;
};

}  // namespace lazaret::gate
