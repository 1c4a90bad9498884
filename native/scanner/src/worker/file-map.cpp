// SPDX-License-Identifier: GPL-2.0-only
#include "worker/file-map.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

namespace lazaret {

// Read by the signal handler: one file at a time, one thread.
static volatile uintptr_t mapBegin = 0, mapEnd = 0;
static volatile sig_atomic_t lost = 0;
static size_t pageBytes = 4096;

static void onBus(int, siginfo_t* info, void*) {
  const auto at = reinterpret_cast<uintptr_t>(info->si_addr);
  if (at < mapBegin || at >= mapEnd) {
    signal(SIGBUS, SIG_DFL);
    return;  // not ours: die by it
  }
  void* page = reinterpret_cast<void*>(at & ~(pageBytes - 1));
  if (mmap(page, pageBytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) _exit(70);
  lost = 1;
}

void installBusHandler() {
  pageBytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  struct sigaction action {};
  action.sa_sigaction = onBus;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigaction(SIGBUS, &action, nullptr);
}

FileMap::FileMap(int fd, size_t bytes) : size_(bytes) {
  lost = 0;
  if (bytes == 0) {
    static const uint8_t nothing = 0;
    data_ = &nothing;
    return;
  }
  void* map = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
  if (map == MAP_FAILED) return;
  data_ = static_cast<const uint8_t*>(map);
  madvise(map, bytes, MADV_SEQUENTIAL);
  mapBegin = reinterpret_cast<uintptr_t>(map);
  mapEnd = mapBegin + (bytes + pageBytes - 1) / pageBytes * pageBytes;
}

FileMap::~FileMap() {
  mapEnd = 0;
  mapBegin = 0;
  if (data_ && size_) munmap(const_cast<uint8_t*>(data_), size_);
}

bool FileMap::lostPages() const { return lost != 0; }

bool sameState(const struct stat& before, const struct stat& after) {
  return before.st_size == after.st_size && before.st_mtim.tv_sec == after.st_mtim.tv_sec &&
         before.st_mtim.tv_nsec == after.st_mtim.tv_nsec && before.st_ctim.tv_sec == after.st_ctim.tv_sec &&
         before.st_ctim.tv_nsec == after.st_ctim.tv_nsec;
}

}  // namespace lazaret
