// SPDX-License-Identifier: Apache-2.0
// The names of one directory in bytewise order, within a bound of memory: a directory too large for it is read in several
// passes, each holding the smallest names after the last one. So the order is the same whatever the size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace safefs {

class DirectoryNames {
 public:
  // Reads the names after `after` (or from it on, when inclusive); an empty `after` means all. 0 or an errno:
  // with an errno what was read until then is kept.
  int load(int fd, const std::string& after, bool inclusive, size_t bytesMax);
  void drop();

  bool loaded() const { return loaded_; }
  // False when the bound cut this pass: load again after the last name.
  bool complete() const { return complete_; }
  size_t size() const { return offsets_.size(); }
  const char* at(size_t index) const { return arena_.data() + offsets_[index]; }
  size_t bytes() const { return arena_.capacity() + offsets_.capacity() * sizeof(uint32_t); }

 private:
  void add(const char* name);
  void sort();
  void keepSmallerHalf();

  std::string arena_;
  std::vector<uint32_t> offsets_;
  std::string bound_;
  bool loaded_ = false;
  bool complete_ = true;
};

}  // namespace safefs
