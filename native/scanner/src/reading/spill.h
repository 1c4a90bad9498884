// SPDX-License-Identifier: GPL-2.0-only
// Holds the bytes of one member: in memory while small, in an unlinked file of the private temporary place beyond.
// Owns that file and its mapping; both go with the object.
#pragma once
#include <string>
#include <vector>

#include "base/bytes.h"

namespace lazaret {

class Spill {
 public:
  explicit Spill(const std::string& directory) : directory_(directory) {}
  ~Spill();
  Spill(const Spill&) = delete;
  Spill& operator=(const Spill&) = delete;
  bool append(Bytes piece);  // false: the temporary place is full
  Bytes bytes();             // everything so far
  uint64_t size() const { return size_; }

 private:
  bool toFile();
  std::string directory_;
  std::vector<uint8_t> memory_;
  int file_ = -1;
  void* map_ = nullptr;
  size_t mapBytes_ = 0;
  uint64_t size_ = 0;
};

}  // namespace lazaret
