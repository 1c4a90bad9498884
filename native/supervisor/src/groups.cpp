// SPDX-License-Identifier: Apache-2.0
#include "groups.h"

#include <fcntl.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace lazaret {

static constexpr unsigned eventFlags = O_RDONLY | O_LARGEFILE | O_CLOEXEC | O_NOATIME;

/** A kernel without permission events takes the class and refuses the mark: asked of a file that nobody else has. */
static bool takesMark(int group, uint64_t mask) {
  const int probe = memfd_create("lazaret-probe", MFD_CLOEXEC);
  if (probe < 0) return false;
  const bool taken = fanotify_mark(group, FAN_MARK_ADD, mask, probe, nullptr) == 0;
  const int error = errno;
  if (taken) fanotify_mark(group, FAN_MARK_REMOVE, mask, probe, nullptr);
  close(probe);
  errno = error;
  return taken;
}

static int openPermission(std::string& reason) {
  const int group =
      fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_UNLIMITED_QUEUE | FAN_UNLIMITED_MARKS, eventFlags);
  if (group < 0) {
    reason = std::string("the kernel refuses permission events (fanotify_init: ") + std::strerror(errno) + ")";
    return -1;
  }
  if (takesMark(group, FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM)) return group;
  reason = std::string("this kernel has no permission events (fanotify_mark: ") + std::strerror(errno) + ")";
  close(group);
  return -1;
}

/** Linux 6.14 and later. Whether the file system of a refused file has it shows when the mark is set. */
static int openPreAccess() {
  return fanotify_init(FAN_CLASS_PRE_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_QUEUE | FAN_UNLIMITED_MARKS,
                       eventFlags);
}

/** With the handle of what was created or moved itself where the kernel gives it (5.17), else with its directory's and
 * its name. */
static int openNotify() {
  constexpr unsigned flags = FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_MARKS;
  const int group = fanotify_init(flags | FAN_REPORT_DFID_NAME_TARGET, O_RDONLY | O_LARGEFILE | O_CLOEXEC);
  return group >= 0 ? group
                    : fanotify_init(flags | FAN_REPORT_DFID_NAME | FAN_REPORT_FID, O_RDONLY | O_LARGEFILE | O_CLOEXEC);
}

Groups openGroups() {
  Groups groups;
  groups.permission = openPermission(groups.reason);
  if (groups.permission >= 0) groups.preAccess = openPreAccess();
  groups.notify = openNotify();
  return groups;
}

}  // namespace lazaret
