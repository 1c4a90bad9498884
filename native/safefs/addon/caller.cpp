// SPDX-License-Identifier: Apache-2.0
#include "caller.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace safefs {
namespace {

// setfsuid(2) tells no error: the id is set, then asked for (an impossible id changes nothing and returns the present
// one).
bool setUser(uid_t uid) {
  syscall(SYS_setfsuid, uid);
  return static_cast<uid_t>(syscall(SYS_setfsuid, static_cast<uid_t>(-1))) == uid;
}

bool setGroup(gid_t gid) {
  syscall(SYS_setfsgid, gid);
  return static_cast<gid_t>(syscall(SYS_setfsgid, static_cast<gid_t>(-1))) == gid;
}

bool setGroups(const std::vector<gid_t>& groups) { return syscall(SYS_setgroups, groups.size(), groups.data()) == 0; }

}  // namespace

AsCaller::AsCaller(const Caller& caller) {
  if (!caller.set) return;
  uid_ = static_cast<uid_t>(syscall(SYS_setfsuid, static_cast<uid_t>(-1)));
  gid_ = static_cast<gid_t>(syscall(SYS_setfsgid, static_cast<gid_t>(-1)));
  long count = syscall(SYS_getgroups, 0, nullptr);
  groups_.resize(count < 0 ? 0 : static_cast<size_t>(count));
  if (count < 0 || syscall(SYS_getgroups, groups_.size(), groups_.data()) < 0) {
    error_ = errno;
    return;
  }
  taken_ = true;
  // The user comes last: with it go the capabilities that override file permissions.
  if (!setGroups(caller.groups) || !setGroup(caller.gid) || !setUser(caller.uid)) {
    restore();
    error_ = EPERM;
  }
}

AsCaller::~AsCaller() { restore(); }

void AsCaller::restore() {
  if (!taken_) return;
  taken_ = false;
  if (!setUser(uid_) || !setGroup(gid_) || !setGroups(groups_)) std::abort();
}

}  // namespace safefs
