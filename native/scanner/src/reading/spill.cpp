// SPDX-License-Identifier: GPL-2.0-only
#include "reading/spill.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "base/limits.h"

namespace lazaret {

Spill::~Spill() {
  if (map_) munmap(map_, mapBytes_);
  if (file_ >= 0) close(file_);
}

static bool writeAll(int file, Bytes bytes) {
  while (bytes.size > 0) {
    const ssize_t written = write(file, bytes.data, bytes.size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.from(static_cast<size_t>(written));
  }
  return true;
}

bool Spill::toFile() {
  const std::string path = directory_ + "/member";
  file_ = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file_ < 0) return false;
  unlink(path.c_str());
  const bool written = writeAll(file_, {memory_.data(), memory_.size()});
  std::vector<uint8_t>().swap(memory_);
  return written;
}

bool Spill::append(Bytes piece) {
  if (size_ + piece.size > limits::spillBytesMax) return false;
  if (file_ < 0 && memory_.size() + piece.size > limits::spillMemoryBytesMax && !toFile()) return false;
  if (file_ >= 0) {
    if (!writeAll(file_, piece)) return false;
  } else {
    memory_.insert(memory_.end(), piece.data, piece.data + piece.size);
  }
  size_ += piece.size;
  return true;
}

Bytes Spill::bytes() {
  if (file_ < 0) return {memory_.data(), memory_.size()};
  if (!map_) {
    map_ = mmap(nullptr, size_, PROT_READ, MAP_SHARED, file_, 0);
    mapBytes_ = size_;
    if (map_ == MAP_FAILED) map_ = nullptr;
  }
  return map_ ? Bytes{static_cast<const uint8_t*>(map_), mapBytes_} : Bytes{};
}

}  // namespace lazaret
