// SPDX-License-Identifier: Apache-2.0
// Test helper: swaps names as fast as it can while an action is at work on one of them. Never part of the product.
// Usage: lazaret-racer KIND DIRECTORY SEED UID. It ends when its standard input closes and prints the number of swaps
// that succeeded. In DIRECTORY:
//   dir/target     the name that the action goes for
//   dir/innocent   a foreign file
//   dir/link       a symbolic link to a foreign file
//   dir/hard       another name of a foreign file
//   other          a folder with a foreign `target`
//   alias          a symbolic link to that folder
//
// KIND mount runs as root and mounts `other` over `dir`; all others give up root first.
#include <fcntl.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "version.h"

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif

namespace {

uint32_t state = 1;

uint32_t nextRandom(uint32_t below) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % below;
}

bool exchange(const char* one, const char* other) {
  return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) == 0;
}

// Takes a free place with a file of its own for a moment.
bool occupy() {
  int fd = open("dir/target", O_CREAT | O_EXCL | O_WRONLY, 0600);
  if (fd < 0) return false;
  close(fd);
  unlink("dir/target");
  return true;
}

bool mountOver() {
  if (mount("other", "dir", nullptr, MS_BIND, nullptr) != 0) return false;
  usleep(nextRandom(200));
  return umount2("dir", MNT_DETACH) == 0;
}

bool swapOnce(const std::string& kind) {
  if (kind == "file") return exchange("dir/target", "dir/innocent");
  if (kind == "symlink") return nextRandom(2) == 0 ? exchange("dir/target", "dir/link") : exchange("dir", "alias");
  if (kind == "hardlink") return exchange("dir/target", "dir/hard");
  if (kind == "directory") return exchange("dir", "other");
  if (kind == "mount") return mountOver();
  if (kind == "occupy") return nextRandom(2) == 0 ? occupy() : exchange("dir/target", "dir/innocent");
  std::exit(2);
}

bool inputOpen() {
  struct pollfd input = {STDIN_FILENO, POLLIN, 0};
  return poll(&input, 1, 0) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (lazaret::tellVersion(argc, argv, "lazaret-racer")) return 0;
  if (argc != 5) return 2;
  std::string kind = argv[1];
  state = static_cast<uint32_t>(std::strtoul(argv[3], nullptr, 10)) | 1;
  auto uid = static_cast<uid_t>(std::strtoul(argv[4], nullptr, 10));
  if (chdir(argv[2]) != 0) return 3;
  if (kind != "mount" && (setgid(uid) != 0 || setuid(uid) != 0)) return 4;
  std::puts("ready");
  std::fflush(stdout);
  unsigned long swaps = 0;
  // A short pause now and then lets an action see a calm moment.
  while (inputOpen()) {
    for (int round = 0; round < 64; round++) swaps += swapOnce(kind) ? 1 : 0;
    usleep(nextRandom(300));
  }
  std::printf("%lu\n", swaps);
  return 0;
}
