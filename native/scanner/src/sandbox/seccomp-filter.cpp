// SPDX-License-Identifier: GPL-2.0-only
#include "sandbox/seccomp-filter.h"

#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>

namespace lazaret {

static bool allowAll(scmp_filter_ctx filter, std::initializer_list<int> calls) {
  for (const int call : calls)
    if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) != 0) return false;
  return true;
}

// fcntl without its owners of signals: F_SETOWN and F_SETSIG let a process signal any other of its user, kill() or not.
// Nor locks, leases or flags: a scanned file is others', who lock it, too, and its open descriptor is the agent's as
// well.
static bool allowDescriptors(scmp_filter_ctx filter) {
  for (const int command : {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL})
    if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                         SCMP_A1(SCMP_CMP_EQ, static_cast<scmp_datum_t>(command))) != 0)
      return false;
  return true;
}

// Memory may never become executable.
static bool allowMemory(scmp_filter_ctx filter) {
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
         seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) ==
             0;
}

static bool addRules(scmp_filter_ctx filter, CallSet set) {
  // What both need: files that Landlock leaves in reach, memory, time, their one socket, their end.
  const bool common = allowMemory(filter) && allowDescriptors(filter) &&
                      allowAll(filter, {SCMP_SYS(read),
                                        SCMP_SYS(write),
                                        SCMP_SYS(readv),
                                        SCMP_SYS(writev),
                                        SCMP_SYS(pread64),
                                        SCMP_SYS(pwrite64),
                                        SCMP_SYS(close),
                                        SCMP_SYS(fstat),
                                        SCMP_SYS(stat),
                                        SCMP_SYS(lstat),
                                        SCMP_SYS(newfstatat),
                                        SCMP_SYS(statx),
                                        SCMP_SYS(lseek),
                                        SCMP_SYS(open),
                                        SCMP_SYS(openat),
                                        SCMP_SYS(unlink),
                                        SCMP_SYS(unlinkat),
                                        SCMP_SYS(mkdir),
                                        SCMP_SYS(mkdirat),
                                        SCMP_SYS(rmdir),
                                        SCMP_SYS(getdents64),
                                        SCMP_SYS(ftruncate),
                                        SCMP_SYS(dup),
                                        SCMP_SYS(access),
                                        SCMP_SYS(faccessat),
                                        SCMP_SYS(getcwd),
                                        SCMP_SYS(umask),
                                        SCMP_SYS(fadvise64),
                                        SCMP_SYS(munmap),
                                        SCMP_SYS(mremap),
                                        SCMP_SYS(madvise),
                                        SCMP_SYS(brk),
                                        SCMP_SYS(msync),
                                        SCMP_SYS(clock_gettime),
                                        SCMP_SYS(gettimeofday),
                                        SCMP_SYS(time),
                                        SCMP_SYS(clock_nanosleep),
                                        SCMP_SYS(nanosleep),
                                        SCMP_SYS(getrusage),
                                        SCMP_SYS(times),
                                        SCMP_SYS(rt_sigreturn),
                                        SCMP_SYS(rt_sigaction),
                                        SCMP_SYS(rt_sigprocmask),
                                        SCMP_SYS(sigaltstack),
                                        SCMP_SYS(exit),
                                        SCMP_SYS(exit_group),
                                        SCMP_SYS(futex),
                                        SCMP_SYS(sched_yield),
                                        SCMP_SYS(getpid),
                                        SCMP_SYS(gettid),
                                        SCMP_SYS(getppid),
                                        SCMP_SYS(getuid),
                                        SCMP_SYS(geteuid),
                                        SCMP_SYS(getgid),
                                        SCMP_SYS(getegid),
                                        SCMP_SYS(getrandom),
                                        SCMP_SYS(uname),
                                        SCMP_SYS(sysinfo),
                                        SCMP_SYS(restart_syscall),
                                        SCMP_SYS(recvmsg),
                                        SCMP_SYS(sendmsg),
                                        SCMP_SYS(poll),
                                        SCMP_SYS(ppoll)});
  if (!common) return false;
  if (set == CallSet::worker)
    // abort() signals the process itself, nobody else.
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                            SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid()))) == 0;
  // The loader forks workers, and those seal themselves once more.
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_EQ, 0)) == 0 &&
         seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A2(SCMP_CMP_EQ, SIGABRT)) == 0 &&
         allowAll(filter,
                  {SCMP_SYS(clone), SCMP_SYS(prctl), SCMP_SYS(seccomp), SCMP_SYS(setrlimit),
                   SCMP_SYS(landlock_create_ruleset), SCMP_SYS(landlock_add_rule), SCMP_SYS(landlock_restrict_self),
                   SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(set_tid_address)});
}

static bool addDeadly(scmp_filter_ctx filter, CallSet set) {
  bool added = true;
  for (const int call : {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace), SCMP_SYS(process_vm_writev),
                         SCMP_SYS(bpf), SCMP_SYS(init_module), SCMP_SYS(mount), SCMP_SYS(setns), SCMP_SYS(unshare),
                         SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(keyctl), SCMP_SYS(io_uring_setup)})
    added = added && seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, call, 0) == 0;
  if (set == CallSet::worker)
    for (const int call : {SCMP_SYS(clone), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(clone3)})
      added = added && seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, call, 0) == 0;
  return added;
}

bool filterCalls(CallSet set) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (!filter) return false;
  const bool inForce = addRules(filter, set) && addDeadly(filter, set) && seccomp_load(filter) == 0;
  seccomp_release(filter);
  return inForce;
}

}  // namespace lazaret
