// SPDX-License-Identifier: Apache-2.0
// Verdicts that are known (RT-10), looked up by every open: the refused in a table of their own, the clean in a fixed
// one. Four places a bucket; a full bucket loses its oldest turn. A verdict counts only under the generation it was
// given in: a new pattern release, new limits, new content rules make all of them void at once.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>

#include "judging/detected-table.h"
#include "opens/file-key.h"

namespace lazaret::gate {

/** `cleanAtRest`: as long as nobody has it open for writing. */
enum class Known : uint8_t { nothing = 0, clean = 1, refused = 2, cleanAtRest = 3 };

class VerdictCache {
 public:
  static constexpr size_t buckets = 1 << 16;
  static constexpr size_t places = 4;

  VerdictCache();
  struct Found {
    Known known = Known::nothing;
    uint8_t hits = 0;  // of this place, stopping at 255
  };
  Found find(const FileKey& key);
  void keep(const FileKey& key, Known known, uint32_t generation);
  /** Somebody writes it, or did: what is known only of a file at rest is known no more. */
  void forgetAtRest(const FileKey& key);
  /** `owner`: of the file. */
  void keepRefused(const FileKey& key, OwnerId owner, uint32_t rulesGeneration) {
    detected_.add(key, owner, rulesGeneration);
  }
  uint32_t rulesGeneration() const { return detected_.generation(); }
  size_t detected() const { return detected_.size(); }
  uint32_t generation() const { return generation_.load(std::memory_order_acquire); }
  /** What changed nobody saw: clean is known no more. What is refused stays so: its content would bear another time. */
  void makeCleanVoid() { generation_.fetch_add(1); }
  /** By other rules or patterns everything is judged anew. */
  void makeVoid() {
    makeCleanVoid();
    detected_.clear();
  }
  size_t entries() const;

 private:
  struct Place {
    FileKey key;
    uint32_t generation;
    Known known;
    uint8_t hits;
  };
  struct Bucket {
    std::atomic_flag busy = ATOMIC_FLAG_INIT;
    uint8_t turn = 0;
    Place places[VerdictCache::places] = {};
  };
  class Lock;
  Bucket& bucketOf(const FileKey& key);

  std::unique_ptr<Bucket, void (*)(Bucket*)> table_;
  std::atomic<uint32_t> generation_{1};
  DetectedTable detected_;
};

}  // namespace lazaret::gate
