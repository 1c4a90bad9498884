// SPDX-License-Identifier: GPL-2.0-only
// A read-only mapping of a file that somebody else may cut short at any moment.
// A page that is gone (SIGBUS) becomes a page of zeros, the scan goes on, and the map says `changed`.
#pragma once
#include <sys/stat.h>

#include "base/bytes.h"

namespace lazaret {

class FileMap {
 public:
  FileMap(int fd, size_t bytes);
  ~FileMap();
  FileMap(const FileMap&) = delete;
  FileMap& operator=(const FileMap&) = delete;
  bool mapped() const { return data_ != nullptr; }
  Bytes bytes() const { return {data_, size_}; }
  bool lostPages() const;

 private:
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

void installBusHandler();  // once per worker
bool sameState(const struct stat& before, const struct stat& after);

}  // namespace lazaret
