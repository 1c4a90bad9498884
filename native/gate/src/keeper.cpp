// SPDX-License-Identifier: Apache-2.0
#include "keeper.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lazaret::gate {

/** A copy of a process with threads: nothing but calls of the kernel. */
[[noreturn]] static void keep(int supervisor) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  prctl(PR_SET_NAME, "lazaret-keeper");
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != supervisor) _exit(0);
  for (;;) pause();
}

static void startKeeper(Table& table) {
  static_assert(sizeof table.keeper == sizeof(pid_t) && std::atomic<int32_t>::is_always_lock_free);
  const int supervisor = getppid();
  // The supervisor's child, for it is to outlive the gate; its pid stands in the table before it runs, and so before
  // the gate can have ended.
  constexpr unsigned long flags = CLONE_FILES | CLONE_PARENT | CLONE_PARENT_SETTID | SIGCHLD;
  if (syscall(SYS_clone, flags, nullptr, &table.keeper, nullptr, nullptr) == 0) keep(supervisor);
}

void keepDescriptors(Table& table) {
  if (table.keeper.load() == 0) startKeeper(table);
}

void replaceKeeper(Table& table) {
  const int former = table.keeper.load();
  startKeeper(table);
  // Unreaped until it is ended, so that its number is no other's.
  if (former > 0 && former != table.keeper.load()) kill(former, SIGKILL);
}

}  // namespace lazaret::gate
