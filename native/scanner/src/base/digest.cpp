// SPDX-License-Identifier: GPL-2.0-only
#include "base/digest.h"

#include <sys/random.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace lazaret {

static uint64_t key[8];

void seedDigests() {
  if (getrandom(key, sizeof key, 0) != static_cast<ssize_t>(sizeof key)) std::abort();
  for (uint64_t& word : key) word |= 1;
}

// 64×64→128 multiply, folded: the mixing step of the well-known fast hashes.
static uint64_t fold(uint64_t left, uint64_t right) {
  const unsigned __int128 product = static_cast<unsigned __int128>(left) * right;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

static uint64_t word(const uint8_t* bytes) {
  uint64_t value;
  std::memcpy(&value, bytes, 8);
  return value;
}

Digester::Digester() : lanes_{key[0], key[1], key[2], key[3]} {}

void Digester::block(const uint8_t* bytes) {
  const uint64_t a = word(bytes), b = word(bytes + 8), c = word(bytes + 16), d = word(bytes + 24);
  lanes_[0] = fold(a ^ key[4], b ^ lanes_[0]);
  lanes_[1] = fold(c ^ key[5], d ^ lanes_[1]);
  // Two lanes more with other pairs and keys: 128 bits that do not fail together.
  lanes_[2] = fold(a ^ key[6] ^ lanes_[2], d + key[0]);
  lanes_[3] = fold(b ^ key[7] ^ lanes_[3], c + key[1]);
}

void Digester::update(Bytes bytes) {
  total_ += bytes.size;
  if (pendingBytes_) {
    const size_t take = std::min(sizeof pending_ - pendingBytes_, bytes.size);
    if (take) std::memcpy(pending_ + pendingBytes_, bytes.data, take);
    pendingBytes_ += take;
    bytes = bytes.from(take);
    if (pendingBytes_ < sizeof pending_) return;
    block(pending_);
    pendingBytes_ = 0;
  }
  size_t at = 0;
  for (; at + 32 <= bytes.size; at += 32) block(bytes.data + at);
  if (at < bytes.size) {
    std::memcpy(pending_, bytes.data + at, bytes.size - at);
    pendingBytes_ = bytes.size - at;
  }
}

Digest Digester::finish() {
  std::memset(pending_ + pendingBytes_, 0, sizeof pending_ - pendingBytes_);
  block(pending_);
  Digest digest;
  digest.high = fold(fold(lanes_[0] ^ total_, key[2]) ^ lanes_[1], key[3] ^ total_);
  digest.low = fold(fold(lanes_[2] ^ total_, key[4]) ^ lanes_[3], key[5] ^ total_);
  return digest;
}

Digest digestOf(Bytes bytes) {
  Digester digester;
  digester.update(bytes);
  return digester.finish();
}

std::optional<Digest> textDigestOf(Bytes bytes) {
  if (bytes.size == 0 || std::memchr(bytes.data, 0, std::min<size_t>(bytes.size, 512))) return std::nullopt;
  std::string_view text = bytes.text();
  text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
  Digester digester;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\r'), text.size());
    digester.update({reinterpret_cast<const uint8_t*>(text.data()), end});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return digester.finish();
}

}  // namespace lazaret
