// SPDX-License-Identifier: Apache-2.0
#include "mounts/namespaces.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <charconv>
#include <unordered_set>

#include "shared/descriptor.h"

namespace lazaret::gate {

std::string readMountInfo(int pid) {
  const Descriptor file(open(("/proc/" + std::to_string(pid) + "/mountinfo").c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  char buffer[16'384];
  for (ssize_t got; file && (got = read(file.get(), buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<size_t>(got));
  return text;
}

/** The user namespace that a process' mount namespace belongs to: who is root there may mount in it. 0: not known. */
static ino_t mountOwnerOf(int pid) {
  const Descriptor space(open(("/proc/" + std::to_string(pid) + "/ns/mnt").c_str(), O_RDONLY | O_CLOEXEC));
  const Descriptor owner(space ? ioctl(space.get(), NS_GET_USERNS) : -1);
  struct stat facts;
  return owner && fstat(owner.get(), &facts) == 0 ? facts.st_ino : 0;
}

bool isUsersProgram(const Namespace& place, const Mount& mount) {
  if (mount.type != "fuse" && mount.type != "fuseblk" && !mount.type.starts_with("fuse.")) return false;
  const auto users = mountOptions(mount, "user_id");
  if (users.size() != 1 || users[0] != "0") return true;
  // Who is root in a user namespace stands there as 0, too.
  static const ino_t ours = mountOwnerOf(getpid());
  return place.pid != getpid() && (ours == 0 || mountOwnerOf(place.pid) != ours);
}

namespace {

/** By the link's text ("mnt:[4026531841]"): asked of every process at each look, and to follow the link makes an inode
 * each time. */
uint64_t spaceOf(int proc, const std::string& process) {
  char link[64];
  const ssize_t bytes = readlinkat(proc, (process + "/ns/mnt").c_str(), link, sizeof link);
  uint64_t inode = 0;
  constexpr std::string_view before = "mnt:[";
  if (bytes > static_cast<ssize_t>(before.size()) && std::string_view(link, before.size()) == before)
    std::from_chars(link + before.size(), link + bytes, inode);
  return inode;
}

/** A namespace as a process sees it: a table of mounts shows what lies below the process's own root, and nothing beside
 * it. */
struct Sight {
  uint64_t space, device, inode;
  bool operator==(const Sight&) const = default;
};

struct SightHash {
  size_t operator()(const Sight& sight) const { return sight.space ^ sight.inode << 20 ^ sight.device << 40; }
};

Sight sightOf(int proc, const std::string& process) {
  struct statx root;
  const uint64_t space = spaceOf(proc, process);
  if (space == 0) return {};
  // A root that does not let itself be looked at hides no namespace, and one whose file system is a program's is not
  // asked.
  if (statx(proc, (process + "/root").c_str(), AT_STATX_DONT_SYNC, STATX_INO, &root) != 0) return {space, 0, 0};
  return {space, makedev(root.stx_dev_major, root.stx_dev_minor), root.stx_ino};
}

void eachNumber(const std::string& directory, const std::function<void(int number)>& visit) {
  DIR* entries = opendir(directory.c_str());
  if (!entries) return;
  while (const dirent* entry = readdir(entries)) {
    int number = 0;
    const char* end = entry->d_name + std::char_traits<char>::length(entry->d_name);
    if (std::from_chars(entry->d_name, end, number).ptr == end && number > 0) visit(number);
  }
  closedir(entries);
}

/** Two links of a directory are its own; each thread is one more. */
bool hasThreads(int proc, const std::string& process) {
  struct stat tasks;
  return fstatat(proc, (process + "/task").c_str(), &tasks, 0) == 0 && tasks.st_nlink > 3;
}

}  // namespace

std::vector<Namespace> findNamespaces(const std::function<bool(int pid)>& leaveOut) {
  const Descriptor proc(open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const Sight own = sightOf(proc.get(), "self");
  std::vector<Namespace> found{{own.space, getpid()}};
  std::unordered_set<Sight, SightHash> known{own, Sight{}};
  eachNumber("/proc", [&](int pid) {
    const std::string process = std::to_string(pid);
    const auto consider = [&](int number) {
      const Sight sight = sightOf(proc.get(), std::to_string(number));
      if (known.contains(sight) || leaveOut(pid)) return;
      known.insert(sight);
      found.push_back({sight.space, number});
    };
    consider(pid);
    if (hasThreads(proc.get(), process))
      eachNumber("/proc/" + process + "/task", [&](int number) {
        if (number != pid) consider(number);
      });
  });
  return found;
}

}  // namespace lazaret::gate
