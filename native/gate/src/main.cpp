// SPDX-License-Identifier: Apache-2.0
// lazaret-gate: started by lazaret-supervisor alone, with its descriptors (open-table.h).
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "gate.h"
#include "version.h"

using namespace lazaret;

/** Descriptors that are not events: sockets, groups, /proc, background scans. */
static constexpr rlim_t otherDescriptors = 400;

static int usage() {
  std::fprintf(stderr,
               "usage: lazaret-gate --run DIR --mode permission|notification|none [--reason TEXT]   (started by "
               "lazaret-supervisor)\n");
  return 2;
}

static Table* mapTable() {
  struct stat facts;
  if (fstat(tableFd, &facts) != 0 || facts.st_size != sizeof(Table)) return nullptr;
  void* memory = mmap(nullptr, sizeof(Table), PROT_READ | PROT_WRITE, MAP_SHARED, tableFd, 0);
  auto* table = memory == MAP_FAILED ? nullptr : static_cast<Table*>(memory);
  return table && table->magic == tableMagic ? table : nullptr;
}

/** What the supervisor asks before an upgrade: whether this program runs here at all, and takes over the table of the
 * one that runs. */
static int takesOver(const std::string& table) {
  char own[32];
  std::snprintf(own, sizeof own, "%x:%zu", tableMagic, sizeof(Table));
  if (table == own) return 0;
  std::fprintf(
      stderr,
      "lazaret-gate: this version uses another table layout (%s) than the running gate (%s); stop `lazaret agent run` "
      "and start it again\n",
      own, table.c_str());
  return 3;
}

/** Whoever opens a file must not wait for a gate that nobody watches over. An exec by another thread than the first has
 * taken this off. */
static void endWithSupervisor(const Table& table) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != table.ownOf(OwnProgram::supervisor).load()) std::exit(0);
}

static void keepFromChildren() {
  for (const int fd : {permissionGroupFd, preAccessGroupFd, notifyGroupFd, tableFd}) fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int main(int count, char** arguments) {
  if (lazaret::tellVersion(count, arguments, "lazaret-gate")) return 0;
  gate::GateOptions options;
  if (count == 3 && std::string(arguments[1]) == "--takes-over") return takesOver(arguments[2]);
  options.arguments = arguments;
  for (int at = 1; at + 1 < count; at += 2) {
    const std::string name = arguments[at];
    if (name == "--run") options.runDirectory = arguments[at + 1];
    else if (name == "--mode") options.mode = arguments[at + 1];
    else if (name == "--reason") options.reason = arguments[at + 1];
    else return usage();
  }
  if (options.runDirectory.empty() || options.mode.empty()) return usage();
  Table* table = mapTable();
  if (!table) return usage();
  endWithSupervisor(*table);
  keepFromChildren();
  // Leases that are asked for are let go at once; their signal would come when somebody opens in between.
  signal(SIGIO, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  // Its own thread waits for it (gate.cpp).
  sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  sigprocmask(SIG_BLOCK, &end, nullptr);
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  // Half of the descriptors for waiting opens: what comes beyond waits in the kernel's queue, for a read without a free
  // number denies.
  options.slots = limit.rlim_cur > 2 * otherDescriptors ? (limit.rlim_cur - otherDescriptors) / 2 : limit.rlim_cur / 4;
  options.toldDescriptorsMax = limit.rlim_cur / 8;
  const auto gate = std::make_unique<gate::Gate>(std::move(options), *table);
  gate->run();
}
