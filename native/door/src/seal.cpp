// SPDX-License-Identifier: Apache-2.0
#include "seal.h"

#include <dirent.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace lazaret::door {

namespace {

// Neither Debian nor systemd gives these to anybody. The scan process takes the first that is unused, we the last.
constexpr uid_t firstUnused = 60578, lastUnused = 61183;

constexpr rlim_t descriptorsMax = 256, dataBytesMax = 16 << 20;

#if defined(__x86_64__)
constexpr uint32_t machine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t machine = AUDIT_ARCH_AARCH64;
#endif

// No file can be opened and no process made.
constexpr int allowed[] = {
#ifdef SYS_poll
    SYS_poll,
#endif
    SYS_ppoll, SYS_recvmsg, SYS_sendmsg, SYS_shutdown, SYS_close,  SYS_read,    SYS_lseek,      SYS_statx,
    SYS_fcntl, SYS_brk,     SYS_mmap,    SYS_munmap,   SYS_mremap, SYS_madvise, SYS_exit_group, SYS_restart_syscall,
};

std::set<uid_t> usersOfProcesses() {
  std::set<uid_t> users;
  DIR* processes = opendir("/proc");
  while (const dirent* entry = processes ? readdir(processes) : nullptr) {
    std::ifstream status(std::string("/proc/") + entry->d_name + "/status");
    for (std::string line; std::getline(status, line);) {
      if (!line.starts_with("Uid:")) continue;
      std::istringstream numbers(line.substr(4));
      for (uid_t number; numbers >> number;) users.insert(number);
    }
  }
  if (processes) closedir(processes);
  return users;
}

bool become(uid_t user) {
  return setgroups(0, nullptr) == 0 && setresgid(user, user, user) == 0 && setresuid(user, user, user) == 0;
}

void cap(__rlimit_resource_t what, rlim_t most) {
  const rlimit limit{most, most};
  setrlimit(what, &limit);
}

bool filterCalls() {
  std::vector<sock_filter> program = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
                                      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, machine, 1, 0),
                                      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
                                      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const int call : allowed) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(call), 0, 1));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

}  // namespace

void closeOthers(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned first = 0;
  for (const int descriptor : kept) {
    if (descriptor < 0) continue;
    if (static_cast<unsigned>(descriptor) > first) syscall(SYS_close_range, first, descriptor - 1, 0);
    first = static_cast<unsigned>(descriptor) + 1;
  }
  syscall(SYS_close_range, first, ~0U, 0);
}

std::optional<uid_t> findUnusedUser() {
  const std::set<uid_t> inUse = usersOfProcesses();
  if (inUse.empty()) return std::nullopt;  // /proc is not to be read: then nothing is known to be unused
  for (uid_t number = lastUnused; number >= firstUnused; number--)
    if (!inUse.contains(number) && !getpwuid(number) && !getgrgid(number)) return number;
  return std::nullopt;
}

bool seal(std::optional<uid_t> user, std::vector<int> kept, pid_t parent) {
  closeOthers(std::move(kept));
  if (user && !become(*user)) return false;
  // Behind the change of user, which forgets it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) return false;
  cap(RLIMIT_CORE, 0);
  cap(RLIMIT_FSIZE, 0);
  cap(RLIMIT_NPROC, 0);
  cap(RLIMIT_NOFILE, descriptorsMax);
  cap(RLIMIT_DATA, dataBytesMax);
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && filterCalls();
}

}  // namespace lazaret::door
