// SPDX-License-Identifier: Apache-2.0
#include "places.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <cstdio>

#include "../../supervisor/src/file-facts.h"
#include "descriptor.h"

namespace lazaret::gate {

static std::string linkOf(int fd) {
  char link[64], target[PATH_MAX];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t bytes = readlink(link, target, sizeof target);
  if (bytes <= 0 || target[0] != '/') return "";
  std::string path(target, static_cast<size_t>(bytes));
  struct stat facts;
  constexpr std::string_view deleted = " (deleted)";
  if (path.ends_with(deleted) && fstat(fd, &facts) == 0 && facts.st_nlink == 0) path.resize(path.size() - deleted.size());
  return path;
}

static uint64_t mountIdOf(int fd) {
  struct statx facts;
  if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &facts) != 0 || !(facts.stx_mask & STATX_MNT_ID)) return 0;
  return facts.stx_mnt_id;
}

/**
 * Whether this name leads to that very object in our own tree too. Only what the kernel's cache of names holds is walked – just opened under this name, it
 * stands there – so that a name of somebody else's making can lead no thread of ours to a file server that hangs.
 */
static bool leadsTo(const std::string& path, int fd) {
  open_how how{};
  how.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_CACHED | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const Descriptor found(static_cast<int>(syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
  struct stat there, here;
  return found && fstat(found.get(), &there) == 0 && fstat(fd, &here) == 0 && there.st_dev == here.st_dev && there.st_ino == here.st_ino;
}

/** By handle, in our own tree: of several names it may be any. O_PATH: it is not opened, so no event comes of it. */
static std::string lookUp(int fd, uint64_t device, const MountKeeper& mounts) {
  HandleRoom handle;
  if (!readHandle(fd, handle)) return "";
  const Descriptor place = mounts.openDevice(device);
  if (!place) return "";
  const Descriptor file(open_by_handle_at(place.get(), &handle.head, O_PATH | O_CLOEXEC));
  return file ? linkOf(file.get()) : "";
}

Place placeOf(int fd, uint64_t device, const MountView& view, const MountKeeper& mounts) {
  Place place;
  place.path = linkOf(fd);
  place.believed = view.ownIds.contains(mountIdOf(fd));
  if (!place.believed) place.ours = leadsTo(place.path, fd) ? place.path : lookUp(fd, device, mounts);
  return place;
}

Judgement judgePlace(const Place& place, const MountView& view, const Scope& scope) {
  const std::string& own = place.believed ? place.path : place.ours;
  Judgement result{false, false, false, ""};
  const auto weigh = [&result](const Decision& decision) {
    if (decision.why == "exception") result.excepted = true;
    if (result.decidedBy.empty() || (decision.scan && !result.scan) || decision.why == "exception") result.decidedBy = decision.decidedBy;
    result.scan = result.scan || decision.scan;
    result.nameListed = result.nameListed || (decision.scan && decision.nameListed);
  };
  if (!own.empty()) weigh(scope.decide(own));
  for (const auto& [backing, merged] : view.aliases)
    if (!own.empty() && own.starts_with(backing) && (own.size() == backing.size() || own[backing.size()] == '/')) weigh(scope.decide(merged + own.substr(backing.size())));
  if (!place.believed && !place.path.empty()) weigh(scope.decideForeign(place.path));
  if (own.empty() && place.path.empty()) result = {true, false, false, ""};  // a file without a name is looked at
  if (result.excepted) result.scan = false;
  return result;
}

}  // namespace lazaret::gate
