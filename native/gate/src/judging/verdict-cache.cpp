// SPDX-License-Identifier: Apache-2.0
#include "judging/verdict-cache.h"

#include <sys/mman.h>

#include <new>

namespace lazaret::gate {

class VerdictCache::Lock {
 public:
  explicit Lock(Bucket& bucket) : bucket_(bucket) {
    while (bucket_.busy.test_and_set(std::memory_order_acquire)) rest();
  }
  ~Lock() { bucket_.busy.clear(std::memory_order_release); }

 private:
  static void rest() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  Bucket& bucket_;
};

// Zero pages are a valid empty table (generation 0 is never in force), and cost nothing until they are touched.
VerdictCache::VerdictCache()
    : table_(static_cast<Bucket*>(mmap(nullptr, sizeof(Bucket) * buckets, PROT_READ | PROT_WRITE,
                                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)),
             [](Bucket* table) { munmap(static_cast<void*>(table), sizeof(Bucket) * buckets); }) {
  if (table_.get() == MAP_FAILED) throw std::bad_alloc();
}

// By the object alone: its former states lie in the same bucket and make room for the new one.
VerdictCache::Bucket& VerdictCache::bucketOf(const FileKey& key) {
  return table_.get()[mix(key.inode ^ mix(key.device)) % buckets];
}

VerdictCache::Found VerdictCache::find(const FileKey& key) {
  if (detected_.has(key)) return {Known::refused, 0};
  Bucket& bucket = bucketOf(key);
  const uint32_t now = generation();
  const Lock lock(bucket);
  for (Place& place : bucket.places) {
    if (place.generation != now || place.key != key) continue;
    if (place.hits < 255) place.hits++;
    return {place.known, place.hits};
  }
  return {};
}

void VerdictCache::keep(const FileKey& key, Known known, uint32_t generation) {
  Bucket& bucket = bucketOf(key);
  const uint32_t now = this->generation();
  if (generation != now) return;  // judged by what is no longer in force
  const Lock lock(bucket);
  Place* chosen = nullptr;
  for (Place& place : bucket.places) {
    const bool sameObject = place.key.inode == key.inode && place.key.device == key.device;
    if (sameObject) chosen = &place;
    else if (chosen == nullptr && place.generation != now) chosen = &place;
  }
  if (chosen == nullptr) chosen = &bucket.places[bucket.turn++ % places];
  *chosen = {key, generation, known, 0};
}

void VerdictCache::forgetAtRest(const FileKey& key) {
  Bucket& bucket = bucketOf(key);
  const Lock lock(bucket);
  for (Place& place : bucket.places)
    if (place.known == Known::cleanAtRest && place.key == key) place = {};
}

size_t VerdictCache::entries() const {
  size_t count = 0;
  const uint32_t now = generation();
  for (size_t index = 0; index < buckets; index++)
    for (const Place& place : table_.get()[index].places) count += place.generation == now;
  return count;
}

}  // namespace lazaret::gate
