// SPDX-License-Identifier: GPL-2.0-only
#include "faults.h"

#ifdef LAZARET_FAULTS
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace lazaret::faults {

// Every way to a signal that a worker has, tried on the numbers around its own: its siblings are among them.
static void signalSiblings() {
  int pair[2];
  if (pipe(pair) != 0) pair[0] = STDIN_FILENO;
  for (int pid = getpid() - 30; pid < getpid() + 30; pid++) {
    if (pid == getpid() || pid < 2) continue;
    const bool signalled = kill(pid, SIGKILL) == 0 || syscall(SYS_tgkill, pid, pid, SIGKILL) == 0 || syscall(SYS_pidfd_open, pid, 0) >= 0 ||
                           fcntl(pair[0], F_SETOWN, pid) == 0 || fcntl(pair[0], F_SETSIG, SIGKILL) == 0;
    if (signalled) std::abort();
  }
}

static void hang() {
  for (volatile bool forever = true; forever;) {
  }
}

void afterHit(Bytes content) {
  const std::string_view text = content.sub(0, 4096).text();
  if (text.find("LAZARET-LATER-CRASH") != text.npos) __builtin_trap();
  if (text.find("LAZARET-LATER-EXIT") != text.npos) std::exit(1);
  if (text.find("LAZARET-LATER-HANG") != text.npos) hang();
}

void check(Bytes content) {
  const std::string_view text = content.sub(0, 4096).text();
  if (text.find("LAZARET-FAULT-CRASH") != text.npos) __builtin_trap();
  if (text.find("LAZARET-FAULT-SIGNALS") != text.npos) signalSiblings();
  if (text.find("LAZARET-FAULT-EXIT") != text.npos) std::exit(1);
  if (text.find("LAZARET-FAULT-HANG") != text.npos) hang();
  if (text.find("LAZARET-FAULT-MEMORY") != text.npos)
    for (size_t step = 0;; step++) {
      void* more = std::malloc(64 << 20);
      if (!more) std::abort();
      std::memset(more, 1, 64 << 20);
    }
}

}  // namespace lazaret::faults
#endif
