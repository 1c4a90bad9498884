// SPDX-License-Identifier: GPL-2.0-only
// A fast keyed 128-bit digest: "has the engine seen these bytes?". The key is random for each worker, so that nobody
// can make two members that only look the same. SHA-256 would cost a third of the walk.
#pragma once
#include <compare>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace lazaret {

struct Digest {
  uint64_t high = 0, low = 0;
  auto operator<=>(const Digest&) const = default;
};

// Streaming: the digest does not depend on how the bytes were cut.
class Digester {
 public:
  Digester();
  void update(Bytes bytes);
  Digest finish();

 private:
  void block(const uint8_t* bytes);
  uint64_t lanes_[4];
  uint8_t pending_[32] = {};
  size_t pendingBytes_ = 0;
  uint64_t total_ = 0;
};

Digest digestOf(Bytes bytes);
// Of a text (empty: it is none) without carriage returns and without what is blank at its end: the engine ends lines in
// its own way.
std::optional<Digest> textDigestOf(Bytes bytes);
void seedDigests();  // once per worker process, before the first digest

}  // namespace lazaret
