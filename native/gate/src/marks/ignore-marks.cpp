// SPDX-License-Identifier: Apache-2.0
#include "marks/ignore-marks.h"

#include <fcntl.h>
#include <sys/fanotify.h>

#include "opens/content-rest.h"

namespace lazaret::gate {

static constexpr uint64_t ignored = FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM;
// The kernel may forget it under memory pressure, and then simply asks again.
static constexpr unsigned evictable = 0x200;

void IgnoreMarks::consider(int fd, const FileKey& key) {
  if (notifyGroup_ < 0) return;
  // The lease is asked last and once more: a mark that is set while a writer has the file open would not take.
  if (!onlyRootWrites(fd, key) || !contentRests(fd, key)) return;
  // An owner or a mode that lets others write is told by this one; a file system that cannot tell of that, cannot of a
  // close after write either.
  if (fanotify_mark(notifyGroup_, FAN_MARK_ADD | evictable, FAN_ATTRIB, fd, nullptr) != 0) return;
  if (fanotify_mark(group_, FAN_MARK_ADD | FAN_MARK_IGNORED_MASK | evictable, ignored, fd, nullptr) != 0) return;
  // What changed before the marks stood was told to nobody.
  if (!onlyRootWrites(fd, key)) return remove(fd, nullptr);
  counters_.ignoreMarks.fetch_add(1, std::memory_order_relaxed);
}

void IgnoreMarks::remove(int directory, const char* name) {
  if (group_ >= 0) fanotify_mark(group_, FAN_MARK_REMOVE | FAN_MARK_IGNORED_MASK, ignored, directory, name);
  if (notifyGroup_ >= 0) fanotify_mark(notifyGroup_, FAN_MARK_REMOVE, FAN_ATTRIB, directory, name);
}

void IgnoreMarks::removeByName(const char* name) { remove(AT_FDCWD, name); }

void IgnoreMarks::removeAll() {
  if (group_ >= 0) fanotify_mark(group_, FAN_MARK_FLUSH, 0, AT_FDCWD, "/");
}

}  // namespace lazaret::gate
