// SPDX-License-Identifier: Apache-2.0
#include "directory_names.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace safefs {
namespace {

constexpr size_t kReadBytes = 64 * 1024;

struct LinuxDirent {
  uint64_t inode;
  int64_t offset;
  unsigned short recordLength;
  unsigned char type;
  char name[1];
};

bool isDots(const char* name) { return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0')); }

}  // namespace

int DirectoryNames::load(int fd, const std::string& after, bool inclusive, size_t bytesMax) {
  drop();
  loaded_ = true;
  if (lseek(fd, 0, SEEK_SET) < 0) return errno;
  std::vector<char> buffer(kReadBytes);
  int error = 0;
  for (;;) {
    long got = syscall(SYS_getdents64, fd, buffer.data(), buffer.size());
    if (got < 0) error = errno;
    if (got <= 0) break;
    for (long position = 0; position < got;) {
      const auto* entry = reinterpret_cast<const LinuxDirent*>(buffer.data() + position);
      position += entry->recordLength;
      const char* name = buffer.data() + (reinterpret_cast<const char*>(entry->name) - buffer.data());
      if (isDots(name)) continue;
      if (!after.empty()) {
        int order = std::strcmp(name, after.c_str());
        if (order < 0 || (order == 0 && !inclusive)) continue;
      }
      if (!complete_ && std::strcmp(name, bound_.c_str()) >= 0) continue;
      add(name);
      if (arena_.size() + offsets_.size() * sizeof(uint32_t) > bytesMax) keepSmallerHalf();
    }
  }
  sort();
  return error;
}

void DirectoryNames::drop() {
  std::string().swap(arena_);
  std::vector<uint32_t>().swap(offsets_);
  bound_.clear();
  loaded_ = false;
  complete_ = true;
}

void DirectoryNames::add(const char* name) {
  offsets_.push_back(static_cast<uint32_t>(arena_.size()));
  arena_.append(name, std::strlen(name) + 1);
}

void DirectoryNames::sort() {
  const char* base = arena_.data();
  std::sort(offsets_.begin(), offsets_.end(),
            [base](uint32_t left, uint32_t right) { return std::strcmp(base + left, base + right) < 0; });
  // A directory that changes while it is read may name an entry twice.
  auto same = [base](uint32_t left, uint32_t right) { return std::strcmp(base + left, base + right) == 0; };
  offsets_.erase(std::unique(offsets_.begin(), offsets_.end(), same), offsets_.end());
}

// Names at or after the first dropped one wait for the next pass.
void DirectoryNames::keepSmallerHalf() {
  if (offsets_.size() < 2) return;
  sort();
  size_t keep = offsets_.size() / 2;
  bound_ = at(keep);
  complete_ = false;
  std::string arena;
  std::vector<uint32_t> offsets;
  arena.swap(arena_);
  offsets.swap(offsets_);
  for (size_t index = 0; index < keep; index++) add(arena.data() + offsets[index]);
}

}  // namespace safefs
