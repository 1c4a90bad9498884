// SPDX-License-Identifier: Apache-2.0
// The mount namespaces of this machine, each by a process that is in it, and their mount tables. Reads /proc, keeps
// nothing open.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "mounts/mount-table.h"

namespace lazaret::gate {

/** The text of /proc/PID/mountinfo; "" where the process is no more. */
std::string readMountInfo(int pid);

/** What a process – a thread may have a tree of its own – sees of a mount namespace: below its root. */
struct Namespace {
  uint64_t inode = 0;
  int pid = 0;  // in /proc, a thread's number reads as a process's
  bool operator==(const Namespace&) const = default;
};

/** A file system in user space that somebody else than root of this machine answers for. */
bool isUsersProgram(const Namespace& place, const Mount& mount);

/** Every mount namespace that a process is in, once for each root, our own first. `leaveOut`: processes whose
 * namespaces are not looked at. */
std::vector<Namespace> findNamespaces(const std::function<bool(int pid)>& leaveOut);

}  // namespace lazaret::gate
