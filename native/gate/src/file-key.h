// SPDX-License-Identifier: Apache-2.0
// What a cached verdict is about: this object in this state. Times have nanoseconds; whether they can be trusted to tell two states apart is
// asked in content-rest.h, before a verdict is kept.
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

inline FileKey keyOf(const struct stat& facts) {
  const auto nanoseconds = [](const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; };
  return {facts.st_dev, facts.st_ino, nanoseconds(facts.st_ctim), nanoseconds(facts.st_mtim), static_cast<uint64_t>(facts.st_size)};
}

inline uint64_t mix(uint64_t value) {
  value ^= value >> 32;
  value *= 0xd6e8feb86659fd93;
  value ^= value >> 32;
  value *= 0xd6e8feb86659fd93;
  return value ^ value >> 32;
}

inline uint64_t hashOf(const FileKey& key) {
  return mix(key.inode ^ mix(key.device ^ mix(static_cast<uint64_t>(key.changedNs) ^ mix(static_cast<uint64_t>(key.modifiedNs) ^ key.bytes))));
}

struct FileKeyHash {
  size_t operator()(const FileKey& key) const { return hashOf(key); }
};

}  // namespace lazaret::gate
