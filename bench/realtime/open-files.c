// SPDX-License-Identifier: Apache-2.0
// open-files THREADS ROUNDS <list: opens and closes each file of the list, and tells how long that took. Each thread begins elsewhere in the list.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char **files;
static size_t fileCount, rounds, threads;
static long *took;
static _Atomic long failed;

static long now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000L + at.tv_nsec;
}

static void *work(void *argument) {
  const size_t thread = (size_t)argument;
  long *mine = took + thread * rounds * fileCount;
  for (size_t index = 0; index < rounds * fileCount; index++) {
    const char *path = files[(index + thread * fileCount / threads) % fileCount];
    const long from = now();
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) close(fd);
    else failed++;
    mine[index] = now() - from;
  }
  return NULL;
}

static int compare(const void *left, const void *right) {
  const long difference = *(const long *)left - *(const long *)right;
  return difference < 0 ? -1 : difference > 0;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  threads = strtoul(arguments[1], NULL, 10);
  rounds = strtoul(arguments[2], NULL, 10);
  char line[4096];
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    files = realloc(files, (fileCount + 1) * sizeof *files);
    files[fileCount++] = strdup(line);
  }
  const size_t all = threads * rounds * fileCount;
  took = calloc(all, sizeof *took);
  pthread_t ids[64];
  const long from = now();
  for (size_t thread = 0; thread < threads && thread < 64; thread++) pthread_create(&ids[thread], NULL, work, (void *)thread);
  for (size_t thread = 0; thread < threads && thread < 64; thread++) pthread_join(ids[thread], NULL);
  const long elapsed = now() - from;
  qsort(took, all, sizeof *took, compare);
  printf("{\"opens\":%zu,\"failed\":%ld,\"medianNs\":%ld,\"p99Ns\":%ld,\"elapsedNs\":%ld}\n", all, failed, took[all / 2], took[all * 99 / 100], elapsed);
}
