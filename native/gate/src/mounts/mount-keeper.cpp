// SPDX-License-Identifier: Apache-2.0
#include "mounts/mount-keeper.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "rules/bytes-text.h"
#include "shared/descriptor.h"

namespace lazaret::gate {

using nlohmann::json;

static constexpr int lookAgainMs = 250;
static constexpr unsigned quietLooksMax = 19;
static constexpr uint64_t permissionMask = FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM;
static constexpr uint64_t notifyMask = FAN_CLOSE_WRITE | FAN_MOVED_TO | FAN_CREATE;
/** AC-6: what Deny cannot do there is said. */
static constexpr const char* truncateNotRefused = "truncate by path is not refused";

/** Whoever opens, reads or closes a file there waits for that program, and not even a signal ends the wait: it could
 * stop every reader of ours. */
static constexpr const char* usersProgram = "a user's program answers for its files";

MountKeeper::MountKeeper(Parts parts) : parts_(std::move(parts)) {}

/** A mount point as our process reaches it: through the root of a process that is in its namespace. Nothing stays open.
 */
static Descriptor openMount(const Namespace& place, const Mount& mount) {
  const std::string path = "/proc/" + std::to_string(place.pid) + "/root" + mount.mountPoint;
  return Descriptor(open(path.c_str(), O_PATH | O_CLOEXEC | O_NOFOLLOW));
}

/** Something else may be mounted over it by now: then it cannot be reached by this name. Subvolumes have numbers of
 * their own. */
static bool isDeviceOf(const Mount& mount, uint64_t stDevice) {
  return mount.type == "btrfs" ||
         mount.device == std::to_string(major(stDevice)) + ":" + std::to_string(minor(stDevice));
}

/** A descriptor opened with O_PATH is none that fanotify_mark takes itself; by its name in /proc it is the same object.
 */
static int markPlace(int group, unsigned flags, uint64_t mask, const Descriptor& place) {
  const std::string name = "/proc/self/fd/" + std::to_string(place.get());
  return fanotify_mark(group, flags | FAN_MARK_FILESYSTEM, mask, AT_FDCWD, name.c_str());
}

static uint64_t fsidOf(const Descriptor& place) {
  struct statfs facts;
  uint64_t id = 0;
  if (fstatfs(place.get(), &facts) == 0) std::memcpy(&id, &facts.f_fsid, sizeof id);
  return id;
}

bool MountKeeper::mark(const Wanted& wanted, Marked& marked, std::string& why) const {
  const Descriptor place = openMount(wanted.place, wanted.mount);
  struct stat facts;
  if (!place || fstat(place.get(), &facts) != 0 || !isDeviceOf(wanted.mount, facts.st_dev)) {
    why = "hidden";
    return false;
  }
  // Adding a mark that is there changes nothing; a new file system may bear an old one's number.
  if (parts_.permissionGroup >= 0 && markPlace(parts_.permissionGroup, FAN_MARK_ADD, permissionMask, place) != 0) {
    why = std::string("refused by the kernel: ") + std::strerror(errno);
    return false;
  }
  // Without handles (ENODEV, EXDEV, EOPNOTSUPP) what is written is scanned at its next open instead.
  if (parts_.notifyGroup >= 0) markPlace(parts_.notifyGroup, FAN_MARK_ADD, notifyMask, place);
  marked = {wanted, facts.st_dev, fsidOf(place)};
  return true;
}

bool MountKeeper::refusesTruncate(const Wanted& wanted) const {
  const Descriptor place = openMount(wanted.place, wanted.mount);
  struct stat facts;
  return parts_.permissionGroup < 0 || (place && fstat(place.get(), &facts) == 0 && S_ISDIR(facts.st_mode) &&
                                        parts_.preAccess.isKnownTo(place.get()));
}

void MountKeeper::unmark(const Marked& marked) const {
  const Descriptor place = openMount(marked.wanted.place, marked.wanted.mount);
  struct stat facts;
  if (!place || fstat(place.get(), &facts) != 0 || facts.st_dev != marked.stDevice) return;
  if (parts_.permissionGroup >= 0) markPlace(parts_.permissionGroup, FAN_MARK_REMOVE, permissionMask, place);
  if (parts_.notifyGroup >= 0) markPlace(parts_.notifyGroup, FAN_MARK_REMOVE, notifyMask, place);
}

/** The mount of a tree that a directory lies on: the longest mount point above it, the last of equals (it lies on top).
 */
static const Mount* mountAbove(const std::vector<Mount>& tree, const std::string& directory) {
  const Mount* best = nullptr;
  for (const Mount& mount : tree) {
    const std::string& point = mount.mountPoint;
    const bool holds = point == "/" || (directory.starts_with(point) &&
                                        (directory.size() == point.size() || directory[point.size()] == '/'));
    if (holds && (!best || point.size() >= best->mountPoint.size())) best = &mount;
  }
  return best;
}

/** Mounts that hold something in scope. One that only leads to an entry holds nothing; in a foreign tree the entry's
 * own path may mean anything. */
static std::vector<const Mount*> mountsInScope(const std::vector<Mount>& tree, const Scope& scope, bool ownTree) {
  std::vector<const Mount*> found;
  for (const Mount& mount : tree)
    if (scope.holdsDirectory(mount.mountPoint, !ownTree)) found.push_back(&mount);
  if (!ownTree) return found;
  for (const std::string& entry : scope.entryPaths())
    // What does not exist yet lies nowhere; the directory above it is none of ours.
    if (const Mount* above = access(entry.c_str(), F_OK) == 0 ? mountAbove(tree, entry) : nullptr;
        above && std::find(found.begin(), found.end(), above) == found.end())
      found.push_back(above);
  return found;
}

void MountKeeper::consider(const Namespace& place, const Mount& mount, const GateConfiguration& rules,
                           std::map<std::string, std::vector<Wanted>>& byDevice, std::vector<Wanted>& left) const {
  if (rules.scope->isPseudo(mount.type)) return;
  if (rules.scope->isNetwork(mount.type, mount.source)) left.push_back({mount, place, "network"});
  else if (isUsersProgram(place, mount)) left.push_back({mount, place, usersProgram});
  else byDevice[mount.device].push_back({mount, place, ""});
}

/** All in one option, with colons between (and before a colon of a name a backslash), or each in one of its own, as the
 * newer calls have it. */
static std::vector<std::string> layersOf(const Mount& overlay) {
  std::vector<std::string> layers = mountOptions(overlay, "upperdir");
  for (const char* name : {"lowerdir+", "datadir+"})
    for (std::string& layer : mountOptions(overlay, name)) layers.push_back(std::move(layer));
  for (const std::string& lower : mountOptions(overlay, "lowerdir")) {
    std::string layer;
    for (size_t at = 0; at <= lower.size(); at++) {
      if (at == lower.size() || lower[at] == ':') {
        if (!layer.empty()) layers.push_back(std::exchange(layer, ""));
      } else {
        if (lower[at] == '\\' && at + 1 < lower.size()) at++;
        layer += lower[at];
      }
    }
  }
  return layers;
}

/**
 * An overlay is watched through the file systems of its layers (marking both has dead-locked a reader); their files are
 * shown under its name. Where the names of its layers read – in our tree, as a container runtime's do, or in its own –
 * the kernel does not tell: both are watched.
 */
bool MountKeeper::considerOverlay(const Namespace& place, const Mount& mount, const std::vector<Tree>& trees,
                                  const GateConfiguration& rules, MountView& view,
                                  std::map<std::string, std::vector<Wanted>>& byDevice) const {
  for (const std::string& layer : layersOf(mount)) {
    bool reached = false;
    for (const Tree& tree : trees) {
      const Mount* backing = layer.starts_with("/") ? mountAbove(tree.mounts, layer) : nullptr;
      if (!backing || backing->type == "overlay" || isUsersProgram(tree.place, *backing) ||
          rules.scope->isPseudo(backing->type) || rules.scope->isNetwork(backing->type, backing->source))
        continue;
      reached = true;
      byDevice[backing->device].push_back({*backing, tree.place, ""});
      if (tree.place.pid == getpid()) view.aliases.push_back({layer, mount.mountPoint, place.pid != getpid()});
    }
    if (!reached) return false;
  }
  return true;
}

static std::string standingOf(const GateConfiguration& rules) {
  std::string standing;
  for (const std::string& entry : rules.scope->entryPaths()) standing += access(entry.c_str(), F_OK) == 0 ? 'y' : 'n';
  return standing;
}

/** Nothing is left that another look could reach, and whoever leads to what is marked lives on. */
bool MountKeeper::isSettled() const {
  const std::lock_guard lock(mutex_);
  const auto reached = [](const Wanted& wanted) { return wanted.why == "network" || wanted.why == usersProgram; };
  const auto leads = [](const auto& entry) { return kill(entry.second.wanted.place.pid, 0) == 0; };
  return std::all_of(left_.begin(), left_.end(), reached) && std::all_of(marked_.begin(), marked_.end(), leads);
}

/** Nothing new is mounted and nothing else was asked for: on an idle VM most looks end here. What has gone since may
 * wait a little. */
bool MountKeeper::isQuiet(const GateConfiguration& rules) {
  const bool same = !births_.any() && &rules == seen_.rules.get() && standingOf(rules) == seen_.standing && isSettled();
  quietLooks_ = same ? quietLooks_ + 1 : 0;
  return same && quietLooks_ % quietLooksMax != 0;
}

MountKeeper::Seen MountKeeper::see(std::shared_ptr<const GateConfiguration> rules) const {
  Seen seen{std::move(rules), {}, ""};
  for (const Namespace& place : findNamespaces(parts_.isOwn)) seen.tables.emplace_back(place, readMountInfo(place.pid));
  seen.standing = standingOf(*seen.rules);
  return seen;
}

/** Nothing was mounted as far as tables tell; but a new file system may bear an old one's numbers: marks are set again.
 * False: a whole look is due. */
bool MountKeeper::refresh() const {
  if (!isSettled()) return false;
  std::map<std::string, Marked> marked;
  {
    const std::lock_guard lock(mutex_);
    marked = marked_;
  }
  return std::all_of(marked.begin(), marked.end(), [this](const auto& entry) {
    Marked again;
    std::string why;
    return mark(entry.second.wanted, again, why) && again.stDevice == entry.second.stDevice &&
           again.fsid == entry.second.fsid;
  });
}

void MountKeeper::look() {
  const GateConfiguration& rules = *seen_.rules;
  std::map<std::string, std::vector<Wanted>> byDevice;
  std::map<std::string, Wanted> overlays;
  std::vector<Wanted> left;
  MountView view;
  const Namespace& self = seen_.tables.front().first;
  const std::vector<Mount> own = parseMountInfo(seen_.tables.front().second);
  for (const auto& [place, text] : seen_.tables) {
    const bool isOurs = place.pid == self.pid;
    const std::vector<Mount> mounts = isOurs ? own : parseMountInfo(text);
    for (const Mount& mount : mounts) {
      if (!isOurs) view.foreignIds.insert(mount.id);
      else view.ownByDevice[mount.device].push_back(view.own[mount.id] = {mount.device, mount.root, mount.mountPoint});
    }
    if (!rules.active) continue;
    std::vector<Tree> trees{{self, own}};
    if (!isOurs) trees.push_back({place, mounts});
    for (const Mount* mount : mountsInScope(mounts, *rules.scope, isOurs)) {
      if (mount->type == "overlay") {
        if (considerOverlay(place, *mount, trees, rules, view, byDevice))
          overlays.insert({mount->device, {*mount, place, truncateNotRefused}});
        else left.push_back({*mount, place, "the layers of the overlay cannot be reached"});
      } else consider(place, *mount, rules, byDevice, left);
    }
  }
  std::map<std::string, Marked> marked;
  for (const auto& [device, ways] : byDevice) {
    std::string why;
    Marked& found = marked[device];
    const bool done = std::any_of(ways.begin(), ways.end(), [&](const Wanted& way) { return mark(way, found, why); });
    if (done) {
      found.wanted.why = refusesTruncate(found.wanted) ? "" : truncateNotRefused;
      continue;
    }
    marked.erase(device);
    left.push_back({ways[0].mount, ways[0].place, why});
  }
  publish(std::move(marked), std::move(overlays), std::move(left), std::move(view));
}

void MountKeeper::publish(std::map<std::string, Marked> marked, std::map<std::string, Wanted> overlays,
                          std::vector<Wanted> left, MountView view) {
  std::map<std::string, Marked> before;
  {
    const std::lock_guard lock(mutex_);
    before = std::exchange(marked_, marked);
    overlays_ = std::move(overlays);
    left_ = std::move(left);
    view_ = std::make_shared<const MountView>(std::move(view));
  }
  for (const auto& [device, gone] : before)
    if (!marked.contains(device)) unmark(gone);
  const std::string now = coverage().dump(-1, ' ', false, json::error_handler_t::replace);
  if (std::exchange(shown_, now) != now) parts_.changed();
}

void MountKeeper::apply(bool changed) {
  const std::lock_guard lock(looking_);
  auto rules = parts_.rules.current();
  if (!rules->scope) return;
  if (isQuiet(*rules) && !changed) return;
  Seen seen = see(std::move(rules));
  if (seen == seen_ && refresh()) return;
  seen_ = std::move(seen);
  look();
}

void MountKeeper::run() {
  const Descriptor own(open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
  for (bool changed = true;;) {
    apply(changed);
    pollfd change{own.get(), POLLPRI, 0};
    changed = poll(&change, 1, lookAgainMs) > 0;
  }
}

std::shared_ptr<const MountView> MountKeeper::view() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

static json mountJson(const Mount& mount, const Namespace& place, const std::string& why) {
  return {{"mountPoint", bytesText(mount.mountPoint)},
          {"fileSystemType", bytesText(mount.type)},
          {"device", mount.device},
          {"namespace", place.inode},
          {"why", why.empty() ? json() : json(why)}};
}

/** What a program makes by memfd_create(2) lies on a mount of the kernel's own, which it lets nobody mark (EINVAL since
 * Linux 6.5): that such a file is run is not seen. Said, as everything that is not covered. */
static json memoryFilesJson() {
  return {{"mountPoint", "memfd:"},
          {"fileSystemType", "memfd"},
          {"device", "0:0"},
          {"namespace", nullptr},
          {"why", "files in memory have no path"}};
}

/** Rows as far as they fit into a packet; the others are counted. */
class MountRows {
 public:
  void add(json row) {
    bytes_ += row.dump(-1, ' ', false, json::error_handler_t::replace).size() + 1;
    if (bytes_ <= bytesMax) rows_.push_back(std::move(row));
    else more_++;
  }
  json rows() && { return std::move(rows_); }
  size_t more() const { return more_; }

 private:
  static constexpr size_t bytesMax = 28'000;  // two lists and what is around them: 64 KiB
  json rows_ = json::array();
  size_t bytes_ = 0, more_ = 0;
};

json MountKeeper::coverage() const {
  const std::lock_guard lock(mutex_);
  MountRows watching, notCovered;
  for (const auto& [_, marked] : marked_)
    watching.add(mountJson(marked.wanted.mount, marked.wanted.place, marked.wanted.why));
  for (const auto& [_, overlay] : overlays_) watching.add(mountJson(overlay.mount, overlay.place, overlay.why));
  for (const Wanted& wanted : left_) notCovered.add(mountJson(wanted.mount, wanted.place, wanted.why));
  if (parts_.permissionGroup >= 0) notCovered.add(memoryFilesJson());
  const size_t moreWatching = watching.more(), moreNotCovered = notCovered.more();
  return {{"watching", std::move(watching).rows()},
          {"moreWatching", moreWatching},
          {"notCovered", std::move(notCovered).rows()},
          {"moreNotCovered", moreNotCovered}};
}

Descriptor MountKeeper::openFirst(const std::function<bool(const Marked&)>& is) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [_, marked] : marked_) {
    if (!is(marked)) continue;
    // Who led there may have gone, and his number be another's.
    const Descriptor place = openMount(marked.wanted.place, marked.wanted.mount);
    struct stat facts;
    if (!place || fstat(place.get(), &facts) != 0 || facts.st_dev != marked.stDevice) continue;
    // Handles need a descriptor that is truly open; of a directory, which makes no event.
    return Descriptor(openat(place.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  return Descriptor();
}

Descriptor MountKeeper::openDevice(uint64_t device) const {
  return openFirst([device](const Marked& marked) { return marked.stDevice == device; });
}

Descriptor MountKeeper::openFileSystem(uint64_t fsid) const {
  return openFirst([fsid](const Marked& marked) { return marked.fsid == fsid; });
}

}  // namespace lazaret::gate
