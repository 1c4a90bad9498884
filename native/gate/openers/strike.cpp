// SPDX-License-Identifier: Apache-2.0
// For tests: kills the gate at a chosen step of its way from an event to its answer. Follows its threads by ptrace(2);
// when one has read an event of a group and made so many system calls after that, the process is killed. One that rests
// before (it has handed the open on) is killed where it rests. With "upgrade": on its way from one program to the next,
// counted from the call by which the groups are to outlive the exec. usage: gate-strike PID STEPS [upgrade]   prints
// "ready" when it follows, and "killed after N" at the end
#include <dirent.h>
#include <fcntl.h>
#include <linux/fanotify.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "shared/clock.h"
#include "shared/open-table.h"
#include "version.h"

static constexpr uint64_t restsMs = 300, limitMs = 20'000;

struct Thread {
  bool readsGroup = false;
  int steps = -1;  // since it read an event, or began to change
};

static bool atUpgrade = false;

static std::map<pid_t, Thread> follow(pid_t process) {
  std::map<pid_t, Thread> threads;
  DIR* tasks = opendir(("/proc/" + std::to_string(process) + "/task").c_str());
  while (const dirent* task = tasks ? readdir(tasks) : nullptr) {
    const pid_t thread = std::atoi(task->d_name);
    if (thread <= 0 || ptrace(PTRACE_SEIZE, thread, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC) != 0) continue;
    ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr);
    threads[thread] = {};
  }
  if (tasks) closedir(tasks);
  return threads;
}

/** Whether this thread has now come as far as was asked. */
static bool step(pid_t id, Thread& thread, int stepsMax) {
  __ptrace_syscall_info info{};
  if (ptrace(PTRACE_GET_SYSCALL_INFO, id, sizeof info, &info) <= 0) return false;
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY && atUpgrade) {
    const auto& [number, arguments] = info.entry;
    if (number == SYS_fcntl && arguments[0] == lazaret::permissionGroupFd && arguments[1] == F_SETFD &&
        arguments[2] == 0)
      thread.steps = 0;
    return thread.steps >= stepsMax;
  }
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
    thread.readsGroup = info.entry.nr == SYS_read && info.entry.args[0] == lazaret::permissionGroupFd;
    return false;
  }
  if (info.op != PTRACE_SYSCALL_INFO_EXIT) return false;
  if (thread.steps >= 0) thread.steps++;
  if (thread.readsGroup && info.exit.rval == static_cast<int64_t>(sizeof(fanotify_event_metadata))) thread.steps = 0;
  return thread.steps >= stepsMax;
}

static int strike(pid_t process, int steps) {
  kill(process, SIGKILL);
  std::printf("killed after %d\n", steps);
  return 0;
}

static int run(pid_t process, int stepsMax) {
  auto threads = follow(process);
  if (threads.empty()) return std::perror("ptrace"), 1;
  size_t following = 0;
  int most = -1;
  const uint64_t endMs = lazaret::monotonicMs() + limitMs;
  for (uint64_t movedMs = lazaret::monotonicMs(); lazaret::monotonicMs() < endMs;) {
    int status;
    const pid_t id = waitpid(-1, &status, WNOHANG | __WALL);
    if (id <= 0) {
      if (most >= 0 && lazaret::monotonicMs() > movedMs + restsMs) return strike(process, most);
      usleep(50);
      continue;
    }
    if (!WIFSTOPPED(status)) continue;
    if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8)) {
      // Whichever thread did it is the first one from here on.
      unsigned long former = 0;
      ptrace(PTRACE_GETEVENTMSG, id, nullptr, &former);
      threads[id] = threads[static_cast<pid_t>(former)];
    }
    const bool call = WSTOPSIG(status) == (SIGTRAP | 0x80);
    if (call && step(id, threads[id], stepsMax)) return strike(process, threads[id].steps);
    if (threads[id].steps > most) most = threads[id].steps, movedMs = lazaret::monotonicMs();
    const bool own = call || status >> 16 != 0;
    ptrace(PTRACE_SYSCALL, id, nullptr, own ? 0 : WSTOPSIG(status));
    if (!call && ++following == threads.size()) std::printf("ready\n"), std::fflush(stdout);
  }
  return std::fprintf(stderr, "no event came\n"), 1;
}

int main(int count, char** arguments) {
  if (lazaret::tellVersion(count, arguments, "gate-strike")) return 0;
  if (count < 3 || count > 4) return std::fprintf(stderr, "usage: gate-strike PID STEPS [upgrade]\n"), 2;
  atUpgrade = count == 4;
  return run(std::atoi(arguments[1]), std::atoi(arguments[2]));
}
