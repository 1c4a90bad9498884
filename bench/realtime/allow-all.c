// SPDX-License-Identifier: Apache-2.0
// allow-all SECONDS DIRECTORY: the least that answers the kernel: every open on that file system is allowed. One blocking reader pinned to each processor, as
// the gate has them. Ends by itself.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/fanotify.h>
#include <unistd.h>

static int group;

static void *answer(void *argument) {
  cpu_set_t place;
  CPU_ZERO(&place);
  CPU_SET((long)argument, &place);
  pthread_setaffinity_np(pthread_self(), sizeof place, &place);
  struct fanotify_event_metadata event;
  while (read(group, &event, sizeof event) == sizeof event) {
    const struct fanotify_response response = {.fd = event.fd, .response = FAN_ALLOW};
    if (write(group, &response, sizeof response) < 0) break;
    close(event.fd);
  }
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  alarm((unsigned)strtoul(arguments[1], NULL, 10));
  group = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_UNLIMITED_QUEUE, O_RDONLY | O_LARGEFILE | O_CLOEXEC | O_NOATIME);
  if (group < 0 || fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN_PERM, AT_FDCWD, arguments[2]) != 0) {
    perror("allow-all");
    return 1;
  }
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  for (long processor = 1; processor < processors; processor++) {
    pthread_t id;
    pthread_create(&id, NULL, answer, (void *)processor);
  }
  puts("ready");
  fflush(stdout);
  answer((void *)0L);
}
