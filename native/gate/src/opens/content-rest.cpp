// SPDX-License-Identifier: Apache-2.0
#include "opens/content-rest.h"

#include <fcntl.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#include <cerrno>
#include <cstdio>
#include <ctime>

namespace lazaret::gate {

/** A clock tick and some more: within it, two changes may bear the same time. */
static constexpr int64_t tickNs = 20'000'000;

// The lease is let go at once: it was only a question.
bool hasNoWriter(int fd) {
  if (fcntl(fd, F_SETLEASE, F_RDLCK) != 0) return false;
  fcntl(fd, F_SETLEASE, F_UNLCK);
  return true;
}

bool storesAreTimed(int fd) {
  struct statfs facts;
  if (fstatfs(fd, &facts) != 0) return false;
  switch (static_cast<unsigned long>(facts.f_type)) {
    case 0xef53:      // ext4
    case 0x58465342:  // xfs
    case 0x9123683e:  // btrfs
      return true;
    default: return false;
  }
}

static bool kernelHasFineTimes() {
  utsname name;
  int major = 0, minor = 0;
  return uname(&name) == 0 && std::sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
         (major > 6 || (major == 6 && minor >= 13));
}

/** File systems that took multigrain times with 6.13: a change after our fstat gets a time of its own. */
static bool hasFineTimes(int fd) {
  static const bool kernel = kernelHasFineTimes();
  struct statfs facts;
  if (!kernel || fstatfs(fd, &facts) != 0) return false;
  switch (static_cast<unsigned long>(facts.f_type)) {
    case 0xef53:      // ext4
    case 0x58465342:  // xfs
    case 0x9123683e:  // btrfs
    case 0x01021994:  // tmpfs
      return true;
    default: return false;
  }
}

static bool changedLately(const FileKey& key) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  const int64_t nowNs = nanosecondsOf(now);
  return key.changedNs > nowNs - tickNs && key.changedNs < nowNs + 1'000'000'000;
}

bool contentRests(int fd, const FileKey& key) {
  if (!tellsChangesApart(key.changedNs) || !hasNoWriter(fd)) return false;
  struct stat facts;
  if (fstat(fd, &facts) != 0 || keyOf(facts) != key) return false;
  return hasFineTimes(fd) || !changedLately(key);
}

bool onlyRootWrites(int fd, const FileKey& key) {
  if (!tellsChangesApart(key.changedNs)) return false;
  struct stat facts;
  if (fstat(fd, &facts) != 0 || keyOf(facts) != key) return false;
  if (facts.st_uid != 0 || (facts.st_mode & 022) != 0) return false;
  return fgetxattr(fd, "system.posix_acl_access", nullptr, 0) < 0 && (errno == ENODATA || errno == EOPNOTSUPP);
}

}  // namespace lazaret::gate
