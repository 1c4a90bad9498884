// SPDX-License-Identifier: GPL-2.0-only
#include "base/faults.h"

#ifdef LAZARET_FAULTS
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/channel.h"
#include "base/protocol.h"

namespace lazaret::faults {

// Every way to a signal that a worker has, tried on the numbers around its own: its siblings are among them.
static void signalSiblings() {
  int pair[2];
  if (pipe(pair) != 0) pair[0] = STDIN_FILENO;
  for (int pid = getpid() - 30; pid < getpid() + 30; pid++) {
    if (pid == getpid() || pid < 2) continue;
    const bool signalled = kill(pid, SIGKILL) == 0 || syscall(SYS_tgkill, pid, pid, SIGKILL) == 0 ||
                           syscall(SYS_pidfd_open, pid, 0) >= 0 || fcntl(pair[0], F_SETOWN, pid) == 0 ||
                           fcntl(pair[0], F_SETSIG, SIGKILL) == 0;
    if (signalled) std::abort();
  }
}

// Every way to hold up who else uses a scanned file, by its open descriptor.
static void holdDescriptors() {
  struct flock whole {};
  whole.l_type = F_RDLCK;
  for (int fd = 3; fd < 64; fd++) {
    const bool held = fcntl(fd, F_SETLK, &whole) == 0 || fcntl(fd, F_OFD_SETLK, &whole) == 0 ||
                      syscall(SYS_flock, fd, LOCK_SH | LOCK_NB) == 0 || fcntl(fd, F_SETLEASE, F_RDLCK) == 0 ||
                      fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
    if (held) std::abort();
  }
}

int named(int pid, const std::string& patterns) {
  int forged = pid;
  if (FILE* file = std::fopen((patterns + "/forged.pid").c_str(), "re")) {
    if (std::fscanf(file, "%d", &forged) != 1) forged = pid;
    std::fclose(file);
  }
  return forged;
}

static int servedSocket = -1;
static uint64_t servedJob = 0;
void serves(int socket, uint64_t job) {
  servedSocket = socket;
  servedJob = job;
}

// As a worker that a file has taken over may: it never stops to say that it found something.
static void flood() {
  ResultHeader header{};
  header.job = servedJob;
  header.kind = static_cast<uint8_t>(AnswerKind::scanHits);
  static constexpr std::string_view hit = R"({"threats":[{"name":"Test.Flood","engine":"clamav","layers":[]}]})";
  while (sendPacket(servedSocket, asBytes(header), {reinterpret_cast<const uint8_t*>(hit.data()), hit.size()}, {}) ==
         SendResult::sent) {}
}

static void hang() {
  for (volatile bool forever = true; forever;) {}
}

Later laterOf(Bytes content) {
  const std::string_view text = content.sub(0, 4096).text();
  if (text.find("LAZARET-LATER-CRASH") != text.npos) return Later::crash;
  if (text.find("LAZARET-LATER-EXIT") != text.npos) return Later::exit;
  return text.find("LAZARET-LATER-HANG") != text.npos ? Later::hang : Later::nothing;
}

void happen(Later later) {
  if (later == Later::crash) __builtin_trap();
  if (later == Later::exit) std::exit(1);
  if (later == Later::hang) hang();
}

void check(Bytes content) {
  const std::string_view text = content.sub(0, 4096).text();
  if (text.find("LAZARET-FAULT-CRASH") != text.npos) __builtin_trap();
  if (text.find("LAZARET-FAULT-SIGNALS") != text.npos) signalSiblings();
  if (text.find("LAZARET-FAULT-HOLDS") != text.npos) holdDescriptors();
  if (text.find("LAZARET-FAULT-FLOOD") != text.npos) flood();
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
