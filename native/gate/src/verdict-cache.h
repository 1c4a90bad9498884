// SPDX-License-Identifier: Apache-2.0
// Verdicts that are known (RT-10): a fixed table, looked up by every open. Four places a bucket; a full bucket loses its oldest turn. A verdict
// counts only under the generation it was given in: a new pattern release, new limits, new content rules make all of them void at once.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>

#include "file-key.h"

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
  uint32_t generation() const { return generation_.load(std::memory_order_acquire); }
  void makeVoid() { generation_.fetch_add(1); }
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
};

}  // namespace lazaret::gate
