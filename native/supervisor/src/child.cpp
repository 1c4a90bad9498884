// SPDX-License-Identifier: Apache-2.0
#include "child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

namespace lazaret {

[[noreturn]] static void becomeChild(const ChildPlan& plan, int parent, std::vector<char*>& argv) {
  // Until exec this copy holds the groups: it must not outlive the supervisor by a moment.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(126);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  // First out of the way of each other, then into their places; dup2 takes CLOEXEC off.
  std::vector<std::pair<int, int>> moved;
  for (const auto& [own, theirs] : plan.descriptors) moved.emplace_back(fcntl(own, F_DUPFD_CLOEXEC, 64), theirs);
  for (const auto& [own, theirs] : moved)
    if (own < 0 || dup2(own, theirs) < 0) _exit(126);
  if (plan.nice != 0) setpriority(PRIO_PROCESS, 0, plan.nice);
  if (plan.descriptorsMax != 0) {
    rlimit limit{plan.descriptorsMax, plan.descriptorsMax};
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  for (const std::string& entry : plan.environment) putenv(const_cast<char*>(entry.c_str()));
  execv(argv[0], argv.data());
  _exit(127);
}

int startChild(const ChildPlan& plan) {
  std::vector<char*> argv;
  for (const std::string& word : plan.argv) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const int parent = getpid();
  const int pid = fork();
  if (pid == 0) becomeChild(plan, parent, argv);
  return pid;
}

}  // namespace lazaret
