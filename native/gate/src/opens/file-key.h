// SPDX-License-Identifier: Apache-2.0
// What a cached verdict is about: this object in this state. Times have nanoseconds; whether they can be trusted to
// tell two states apart is asked in content-rest.h, before a verdict is kept.
#pragma once
#include <sys/stat.h>

#include <cstdint>
#include <functional>

namespace lazaret::gate {

struct FileKey {
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t changedNs = 0;
  int64_t modifiedNs = 0;
  uint64_t bytes = 0;
  bool operator==(const FileKey&) const = default;
};

/** 64 bits of nanoseconds end in 1677 and 2262, and file systems do not: what lies outside counts as the end, and must
 * not come round to another time. */
constexpr int64_t nanosecondsOf(const timespec& time) {
  constexpr int64_t secondsEnd = INT64_MAX / 1'000'000'000;
  if (time.tv_sec >= secondsEnd) return INT64_MAX;
  if (time.tv_sec <= -secondsEnd) return INT64_MIN;
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

// 2400, 1540.
static_assert(nanosecondsOf({13'569'465'600, 5}) == INT64_MAX && nanosecondsOf({-13'569'465'600, 5}) == INT64_MIN);
static_assert(nanosecondsOf({-1, 999'999'999}) == -1 &&
              nanosecondsOf({9'223'372'035, 999'999'999}) == 9'223'372'035'999'999'999);

/** Two changes that late, or that early, have the same number. */
constexpr bool tellsChangesApart(int64_t changedNs) { return changedNs != INT64_MAX && changedNs != INT64_MIN; }

inline FileKey keyOf(const struct stat& facts) {
  return {facts.st_dev, facts.st_ino, nanosecondsOf(facts.st_ctim), nanosecondsOf(facts.st_mtim),
          static_cast<uint64_t>(facts.st_size)};
}

inline uint64_t mix(uint64_t value) {
  value ^= value >> 32;
  value *= 0xd6e8feb86659fd93;
  value ^= value >> 32;
  value *= 0xd6e8feb86659fd93;
  return value ^ value >> 32;
}

inline uint64_t hashOf(const FileKey& key) {
  return mix(key.inode ^ mix(key.device ^ mix(static_cast<uint64_t>(key.changedNs) ^
                                              mix(static_cast<uint64_t>(key.modifiedNs) ^ key.bytes))));
}

struct FileKeyHash {
  size_t operator()(const FileKey& key) const { return hashOf(key); }
};

}  // namespace lazaret::gate
