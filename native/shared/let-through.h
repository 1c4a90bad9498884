// SPDX-License-Identifier: Apache-2.0
// Writing down an open that is answered without a verdict. One writer at a time: the gate (LetThroughLog has a lock),
// or the supervisor while no gate lives.
#pragma once
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "shared/open-table.h"

namespace lazaret {

/** The next place of the ring, empty; it counts once `letThroughCount` has gone on. */
inline LetThrough& nextLetThrough(Table& table) {
  LetThrough& record = table.letThroughs[table.letThroughCount.load() % letThroughsMax];
  std::memset(static_cast<void*>(&record), 0, sizeof record);
  return record;
}

inline size_t readText(const char* path, char* buffer, size_t bytes) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const ssize_t got = read(fd, buffer, bytes);
  close(fd);
  return got < 0 ? 0 : static_cast<size_t>(got);
}

/** The opener, while it still waits and so cannot be another. */
inline void readOpener(LetThrough& record, int pid) {
  char path[64], text[1024];
  std::snprintf(path, sizeof path, "/proc/%d/exe", pid);
  const ssize_t program = readlink(path, record.program, sizeof record.program);
  record.programBytes = program < 0 ? 0 : static_cast<uint32_t>(program);
  std::snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
  record.commandBytes = static_cast<uint32_t>(readText(path, record.command, sizeof record.command));
  std::snprintf(path, sizeof path, "/proc/%d/task/%d/stat", pid, pid);
  const size_t bytes = readText(path, text, sizeof text - 1);
  text[bytes] = 0;
  // Of one thread: the process' own file adds up the times of all. Field 22; counted behind the last bracket, for a
  // name may hold anything.
  const char* at = std::strrchr(text, ')');
  for (int field = 2; at && field < 22; field++) at = std::strchr(at + 1, ' ');
  if (at) record.startTime = std::strtoull(at + 1, nullptr, 10);
  struct stat owner;
  std::snprintf(path, sizeof path, "/proc/%d", pid);
  if (stat(path, &owner) == 0) record.uid = owner.st_uid;
}

}  // namespace lazaret
