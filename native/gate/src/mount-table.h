// SPDX-License-Identifier: Apache-2.0
// Mount tables of any process, as /proc/PID/mountinfo shows them, and the namespaces that have one. Pure reading.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lazaret::gate {

struct Mount {
  uint64_t id = 0;
  std::string device;      // "8:1"
  std::string root;        // of the file system, what is mounted
  std::string mountPoint;  // in its own namespace
  std::string type;
  std::string source;
  std::string options;  // of the file system: an overlay's layers stand there
};

/** Lines that are none are left out. */
std::vector<Mount> parseMountInfo(std::string_view text);
/** "" where the process is no more. */
std::string readMountInfo(int pid);

/** The values of `name=` in a mount's options, unescaped. */
std::vector<std::string> mountOptions(const Mount& mount, std::string_view name);

/** What a process – a thread may have a tree of its own – sees of a mount namespace: below its root. */
struct Namespace {
  uint64_t inode = 0;
  int pid = 0;  // in /proc, a thread's number reads as a process's
  bool operator==(const Namespace&) const = default;
};

/** A file system in user space that somebody else than root of this machine answers for. */
bool isUsersProgram(const Namespace& place, const Mount& mount);

/** Every mount namespace that a process is in, once for each root, our own first. `leaveOut`: processes whose namespaces are not looked at. */
std::vector<Namespace> findNamespaces(const std::function<bool(int pid)>& leaveOut);

}  // namespace lazaret::gate
