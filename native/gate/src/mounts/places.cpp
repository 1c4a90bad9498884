// SPDX-License-Identifier: Apache-2.0
#include "mounts/places.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>

#include "shared/file-facts.h"
#include "shared/descriptor.h"

namespace lazaret::gate {

static std::string linkOf(int fd) {
  char link[64], target[PATH_MAX];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t bytes = readlink(link, target, sizeof target);
  if (bytes <= 0 || target[0] != '/') return "";
  std::string path(target, static_cast<size_t>(bytes));
  // Opened by its handle, a file may hang in no directory that the kernel has in mind: then this is no name.
  if (path == "/") return "";
  struct stat facts;
  constexpr std::string_view deleted = " (deleted)";
  if (path.ends_with(deleted) && fstat(fd, &facts) == 0 && facts.st_nlink == 0)
    path.resize(path.size() - deleted.size());
  return path;
}

static uint64_t mountIdOf(int fd) {
  struct statx facts;
  if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &facts) != 0 || !(facts.stx_mask & STATX_MNT_ID)) return 0;
  return facts.stx_mnt_id;
}

static Descriptor openName(int from, const std::string& name, uint64_t more) {
  open_how how{};
  how.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | more;
  return Descriptor(static_cast<int>(syscall(SYS_openat2, from, name.c_str(), &how, sizeof how)));
}

static bool isBelow(std::string_view path, std::string_view directory) {
  return directory == "/" ||
         (path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/'));
}

/** Of our own tree, the mount that shows what lies there, by its name. */
static const MountView::Place* placeAbove(const std::string& path, const MountView& view) {
  const MountView::Place* best = nullptr;
  for (const auto& [_, place] : view.own)
    if (isBelow(path, place.mountPoint) && (!best || place.mountPoint.size() > best->mountPoint.size())) best = &place;
  return best;
}

/**
 * What the kernel's cache of names holds is walked – just opened under this name, it stands there – so that a name of
 * somebody else's making can lead no thread of ours to a file server that hangs. It does not hold who may pass a
 * directory whose access list nobody has read since the file system was mounted, for instance its owner alone has been
 * there: then the walk goes on in the file system that the event is of, and in no other.
 */
static Descriptor openOurs(const std::string& path, const struct stat& file, const MountView& view) {
  Descriptor found = openName(AT_FDCWD, path, RESOLVE_CACHED);
  if (found || errno != EAGAIN) return found;
  const MountView::Place* place = placeAbove(path, view);
  if (!place || path.size() == place->mountPoint.size()) return Descriptor();
  const Descriptor root = openName(AT_FDCWD, place->mountPoint, RESOLVE_CACHED);
  struct stat facts;
  if (!root || fstat(root.get(), &facts) != 0 || facts.st_dev != file.st_dev) return Descriptor();
  return openName(root.get(), path.substr(place->mountPoint == "/" ? 1 : place->mountPoint.size() + 1),
                  RESOLVE_BENEATH | RESOLVE_NO_XDEV);
}

/** Whether this name leads to that very object in our own tree too: the mount that it leads over, else 0. */
static uint64_t mountTo(const std::string& path, int fd, const MountView& view) {
  struct stat there, here;
  if (fstat(fd, &here) != 0) return 0;
  const Descriptor found = openOurs(path, here, view);
  const bool same =
      found && fstat(found.get(), &there) == 0 && there.st_dev == here.st_dev && there.st_ino == here.st_ino;
  return same ? mountIdOf(found.get()) : 0;
}

/** By handle, through a mount of any tree: of several names it may be any. O_PATH: it is not opened, so no event comes
 * of it. */
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
  const uint64_t mount = mountIdOf(fd);
  place.believed = view.own.contains(mount);
  place.foreign = view.foreignIds.contains(mount);
  if (place.believed) {
    place.ownMount = mount;
    return place;
  }
  // What a mount of another tree calls it is not what ours does: only a name that leads to it here is.
  const auto take = [&](const std::string& name) {
    return !name.empty() && (place.ownMount = mountTo(name, fd, view)) != 0 && (place.ours = name, true);
  };
  if (!take(place.path)) take(lookUp(fd, device, mounts));
  return place;
}

/** The same file through the other mounts of its file system in our tree: a bind mount is no way out of scope. */
template <typename Visit>
static void eachOtherName(std::string_view own, uint64_t mount, const MountView& view, Visit visit) {
  const auto here = view.own.find(mount);
  if (here == view.own.end() || !isBelow(own, here->second.mountPoint)) return;
  const MountView::Place& from = here->second;
  const auto joined = [](std::string_view directory, std::string_view rest) {
    return std::string(directory == "/" ? "" : directory).append(rest);
  };
  const std::string inside = joined(from.root, own.substr(from.mountPoint == "/" ? 0 : from.mountPoint.size()));
  const auto all = view.ownByDevice.find(from.device);
  if (all == view.ownByDevice.end()) return;
  for (const MountView::Place& other : all->second)
    if (isBelow(inside, other.root) && (other.root != from.root || other.mountPoint != from.mountPoint))
      visit(joined(other.mountPoint, std::string_view(inside).substr(other.root == "/" ? 0 : other.root.size())));
}

Judgement judgePlace(const Place& place, const MountView& view, const Scope& scope) {
  const std::string& own = place.believed ? place.path : place.ours;
  Judgement result{false, false, false, ""};
  const auto weigh = [&result](const Decision& decision) {
    if (decision.why == "exception") result.excepted = true;
    if (result.decidedBy.empty() || (decision.scan && !result.scan) || decision.why == "exception")
      result.decidedBy = decision.decidedBy;
    result.scan = result.scan || decision.scan;
    result.nameListed = result.nameListed || (decision.scan && decision.nameListed);
  };
  if (!own.empty()) weigh(scope.decide(own));
  for (const auto& [backing, merged, foreign] : view.aliases)
    if (!own.empty() && isBelow(own, backing))
      weigh(foreign ? scope.decideForeign(merged + own.substr(backing.size()))
                    : scope.decide(merged + own.substr(backing.size())));
  if (!place.believed && !place.path.empty()) weigh(scope.decideForeign(place.path));
  if (!own.empty() && !result.scan && !result.excepted)
    eachOtherName(own, place.ownMount, view, [&](const std::string& name) {
      if (const Decision decision = scope.decide(name); decision.scan) weigh(decision);
    });
  // Without a name, or with one that no tree shows: it is looked at.
  if (own.empty() && (place.path.empty() || !place.foreign)) result = {true, false, false, result.decidedBy};
  if (result.excepted) result.scan = false;
  return result;
}

}  // namespace lazaret::gate
