// SPDX-License-Identifier: Apache-2.0
#include "paths.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdio>

namespace safefs {
namespace {

// Pieces stay below PATH_MAX (4,096 with its NUL), and a single name is at most 255 bytes, so a cut at '/' is always
// found.
constexpr size_t kPieceBytesMax = 4000;

int openat2Once(int directoryFd, const char* path, uint64_t flags, uint64_t mode, uint64_t resolve) {
  struct open_how how = {};
  how.flags = flags;
  how.mode = mode;
  how.resolve = resolve | RESOLVE_NO_MAGICLINKS;
  for (;;) {
    int fd = static_cast<int>(syscall(SYS_openat2, directoryFd, path, &how, sizeof how));
    if (fd >= 0 || errno != EINTR) return fd;
  }
}

}  // namespace

UniqueFd openPath(int directoryFd, const std::string& path, uint64_t flags, uint64_t mode, uint64_t resolve) {
  if (path.find('\0') != std::string::npos) {
    errno = EINVAL;
    return UniqueFd();
  }
  if (path.size() <= kPieceBytesMax) return UniqueFd(openat2Once(directoryFd, path.c_str(), flags, mode, resolve));
  UniqueFd held;
  int current = directoryFd;
  size_t start = 0;
  while (path.size() - start > kPieceBytesMax) {
    size_t cut = path.rfind('/', start + kPieceBytesMax);
    if (cut == std::string::npos || cut <= start) {
      errno = ENAMETOOLONG;
      return UniqueFd();
    }
    std::string piece = path.substr(start, cut - start);
    UniqueFd next(openat2Once(current, piece.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC, 0, resolve));
    if (!next.valid()) return next;
    held = std::move(next);
    current = held.get();
    start = path.find_first_not_of('/', cut);
    if (start == std::string::npos) start = path.size();
  }
  std::string rest = start == path.size() ? std::string(".") : path.substr(start);
  return UniqueFd(openat2Once(current, rest.c_str(), flags, mode, resolve));
}

UniqueFd openPathNoAtime(int directoryFd, const std::string& path, uint64_t flags, uint64_t resolve) {
  UniqueFd fd = openPath(directoryFd, path, flags | O_NOATIME, 0, resolve);
  if (fd.valid() || errno != EPERM) return fd;
  return openPath(directoryFd, path, flags, 0, resolve);
}

UniqueFd reopenForReading(int pathFd, int flags) {
  char link[64];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", pathFd);
  int fd = open(link, flags | O_NOATIME);
  if (fd < 0 && errno == EPERM) fd = open(link, flags);
  return UniqueFd(fd);
}

}  // namespace safefs
