// SPDX-License-Identifier: Apache-2.0
// For tests: ways to a file's content that no command of the system takes. `ways WAY …` prints what it read and ends with 0, or says the error's name and
// ends with 1.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  return 1;
}

static int show(int fd) {
  char bytes[4096];
  if (fd < 0) return fail("open");
  ssize_t got = read(fd, bytes, sizeof bytes);
  if (got < 0) return fail("read");
  return fwrite(bytes, 1, (size_t)got, stdout) == (size_t)got ? 0 : 1;
}

static int by_mapping(const char *path) {
  int fd = open(path, O_RDONLY);
  struct stat facts;
  if (fd < 0 || fstat(fd, &facts) != 0) return fail("open");
  void *bytes = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (bytes == MAP_FAILED) return fail("mmap");
  return fwrite(bytes, 1, (size_t)facts.st_size, stdout) == (size_t)facts.st_size ? 0 : 1;
}

/** By a descriptor that opened nothing yet. */
static int reopened(const char *path) {
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", open(path, O_PATH));
  return show(open(name, O_RDONLY));
}

static int print_handle(const char *path) {
  struct {
    struct file_handle head;
    unsigned char bytes[MAX_HANDLE_SZ];
  } handle = {.head = {.handle_bytes = MAX_HANDLE_SZ}};
  int mount;
  if (name_to_handle_at(AT_FDCWD, path, &handle.head, &mount, 0) != 0) return fail("name_to_handle_at");
  printf("%d ", handle.head.handle_type);
  for (unsigned at = 0; at < handle.head.handle_bytes; at++) printf("%02x", handle.head.f_handle[at]);
  return 0;
}

static int by_handle(const char *mount, int type, const char *hex) {
  struct {
    struct file_handle head;
    unsigned char bytes[MAX_HANDLE_SZ];
  } handle = {.head = {.handle_bytes = (unsigned)strlen(hex) / 2, .handle_type = type}};
  for (unsigned at = 0; at < handle.head.handle_bytes; at++) sscanf(hex + 2 * at, "%2hhx", &handle.head.f_handle[at]);
  return show(open_by_handle_at(open(mount, O_RDONLY | O_DIRECTORY), &handle.head, O_RDONLY));
}

/** One request through raw rings; `flags`: IOSQE_ASYNC makes a worker of the kernel open it, else it is tried in this thread first. */
static int by_ring(const char *path, unsigned char flags) {
  struct io_uring_params parameters = {0};
  int ring = (int)syscall(SYS_io_uring_setup, 4, &parameters);
  if (ring < 0) return fail("io_uring_setup");
  size_t submit_bytes = parameters.sq_off.array + parameters.sq_entries * sizeof(unsigned);
  size_t complete_bytes = parameters.cq_off.cqes + parameters.cq_entries * sizeof(struct io_uring_cqe);
  char *submit = mmap(NULL, submit_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
  char *complete = mmap(NULL, complete_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
  struct io_uring_sqe *entry = mmap(NULL, parameters.sq_entries * sizeof *entry, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
  if (submit == MAP_FAILED || complete == MAP_FAILED || entry == MAP_FAILED) return fail("mmap");
  memset(entry, 0, sizeof *entry);
  entry->opcode = IORING_OP_OPENAT;
  entry->flags = flags;
  entry->fd = AT_FDCWD;
  entry->addr = (unsigned long)path;
  entry->open_flags = O_RDONLY;
  unsigned *tail = (unsigned *)(submit + parameters.sq_off.tail);
  ((unsigned *)(submit + parameters.sq_off.array))[*tail & *(unsigned *)(submit + parameters.sq_off.ring_mask)] = 0;
  __atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
  if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0) return fail("io_uring_enter");
  int result = ((struct io_uring_cqe *)(complete + parameters.cq_off.cqes))->res;
  if (result < 0) errno = -result;
  return show(result < 0 ? -1 : result);
}

/** A file without a name gets standard input for its content, is read by a second open, and then gets a name. */
static int without_name(const char *directory, const char *name) {
  char bytes[4096], own[64];
  int fd = open(directory, O_TMPFILE | O_WRONLY, 0666);
  if (fd < 0) return fail("O_TMPFILE");
  ssize_t got = read(0, bytes, sizeof bytes);
  if (got < 0 || write(fd, bytes, (size_t)got) != got) return fail("write");
  snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
  int before = show(open(own, O_RDONLY));
  if (linkat(AT_FDCWD, own, AT_FDCWD, name, AT_SYMLINK_FOLLOW) != 0) return fail("linkat");
  close(fd);
  return show(open(name, O_RDONLY)) | before;
}

/** Nanoseconds of an open and its close: the best of many rounds, for a busy machine makes only more of it. */
static int best_time(const char *path) {
  long best = -1;
  for (int round = 0; round < 200; round++) {
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int each = 0; each < 500; each++) close(open(path, O_RDONLY));
    clock_gettime(CLOCK_MONOTONIC, &end);
    long took = ((end.tv_sec - begin.tv_sec) * 1000000000 + end.tv_nsec - begin.tv_nsec) / 500;
    if (best < 0 || took < best) best = took;
  }
  return printf("%ld\n", best) > 0 ? 0 : 1;
}

static void tell(const char *when, const char *path) {
  int fd = open(path, O_RDONLY);
  printf("%s: %s\n", when, fd >= 0 ? "read" : strerror(errno));
  fflush(stdout);
  if (fd >= 0) close(fd);
}

/** Stores standard input into a file through a mapping that was read first, so that its page is writable when the store comes; opens it before and after. */
static int store(const char *path) {
  char bytes[4096];
  ssize_t got = read(0, bytes, sizeof bytes);
  tell("before", path);
  int fd = open(path, O_RDWR);
  volatile char *place = fd < 0 || got <= 0 ? MAP_FAILED : mmap(NULL, (size_t)got, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (place == MAP_FAILED) return fail("mmap");
  char first = place[0];
  if (getenv("CLOSED")) close(fd);
  tell("mapped", path);
  memcpy((char *)place, bytes, (size_t)got);
  tell("stored", path);
  munmap((char *)place, (size_t)got);
  if (!getenv("CLOSED")) close(fd);
  tell("after", path);
  return first == 0;
}

/** An overlay by the newer calls, which names each layer by an option of its own. */
static int overlay(const char *lower, const char *upper, const char *work, const char *at) {
  int context = (int)syscall(SYS_fsopen, "overlay", 0);
  const char *options[][2] = {{"lowerdir+", lower}, {"upperdir", upper}, {"workdir", work}};
  for (int option = 0; option < 3; option++)
    if (syscall(SYS_fsconfig, context, 1, options[option][0], options[option][1], 0) != 0) return fail(options[option][0]);
  if (syscall(SYS_fsconfig, context, 6, NULL, NULL, 0) != 0) return fail("fsconfig");
  int mount = (int)syscall(SYS_fsmount, context, 0, 0);
  return mount < 0 || syscall(SYS_move_mount, mount, "", AT_FDCWD, at, 4) != 0 ? fail("move_mount") : 0;
}

int main(int count, char **words) {
  const char *way = count > 2 ? words[1] : "";
  if (!strcmp(way, "read")) return show(open(words[2], O_RDONLY));
  if (!strcmp(way, "mapping")) return by_mapping(words[2]);
  if (!strcmp(way, "truncate")) return truncate(words[2], count > 3 ? atol(words[3]) : 0) == 0 ? 0 : fail("truncate");
  if (!strcmp(way, "reopened")) return reopened(words[2]);
  if (!strcmp(way, "handle")) return print_handle(words[2]);
  if (!strcmp(way, "by-handle") && count == 5) return by_handle(words[2], atoi(words[3]), words[4]);
  if (!strcmp(way, "ring")) return by_ring(words[2], 0);
  if (!strcmp(way, "ring-worker")) return by_ring(words[2], IOSQE_ASYNC);
  if (!strcmp(way, "without-name") && count == 4) return without_name(words[2], words[3]);
  if (!strcmp(way, "time")) return best_time(words[2]);
  if (!strcmp(way, "store")) return store(words[2]);
  if (!strcmp(way, "overlay") && count == 6) return overlay(words[2], words[3], words[4], words[5]);
  fprintf(stderr, "ways: no such way\n");
  return 2;
}
