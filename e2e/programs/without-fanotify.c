// SPDX-License-Identifier: Apache-2.0
// without-fanotify permission|all PROGRAM [ARGUMENT …]: runs a program as on a kernel without permission events, or where no fanotify is allowed at all: a
// seccomp filter answers fanotify_init (EINVAL as such a kernel does, EPERM as a container does), for it and for all that it starts.
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int count, char **arguments) {
  if (count < 3) return 2;
  const int all = strcmp(arguments[1], "all") == 0;
  // Little-endian: the low half of the first argument, its flags.
  const unsigned flags = offsetof(struct seccomp_data, args);
  struct sock_filter rules[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fanotify_init, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, flags),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, all ? ~0u : FAN_CLASS_CONTENT | FAN_CLASS_PRE_CONTENT, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (all ? EPERM : EINVAL)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    perror("without-fanotify");
    return 1;
  }
  execvp(arguments[2], arguments + 2);
  perror(arguments[2]);
  return 127;
}
