// SPDX-License-Identifier: Apache-2.0
#include "guarded.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <climits>
#include <deque>
#include <fstream>
#include <sstream>

#include "paths.hpp"

namespace safefs {
namespace {

constexpr int kLinksMax = 40;  // as the kernel's

struct Place {
  uint64_t mountId = 0;
  bool link = false;
  bool withoutDevice = false;
};

bool look(int fd, Place& place) {
  struct statx st;
  if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_MNT_ID, &st) != 0) return false;
  place = {st.stx_mnt_id, S_ISLNK(st.stx_mode), st.stx_dev_major == 0};
  return true;
}

// FUSE's handles are of these types. XFS's are, too, and it has a device.
bool hasFuseHandle(int fd) {
  union {
    struct file_handle handle;
    char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
  } buffer = {};
  buffer.handle.handle_bytes = MAX_HANDLE_SZ;
  int mountId = 0;
  if (name_to_handle_at(fd, "", &buffer.handle, &mountId, AT_EMPTY_PATH) != 0) return false;
  return buffer.handle.handle_type == 0x81 || buffer.handle.handle_type == 0x82;
}

// While the descriptor is open no other mount gets its number. Of a line only type and last word are the kernel's: who
// mounts chooses place and source.
bool rootMounted(uint64_t mountId) {
  std::ifstream file("/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    uint64_t id = 0;
    if (!(std::istringstream(line) >> id) || id != mountId) continue;
    std::istringstream after(line.substr(std::min(line.find(" - ") + 3, line.size())));  // spaces of names are escaped
    std::string type;
    after >> type;
    if (type != "fuse" && !type.starts_with("fuse.")) return true;  // virtiofs, which is the host's
    return (line.substr(line.rfind(' ') + 1) + ",").find(",user_id=0,") != std::string::npos;
  }
  return false;
}

void split(const std::string& path, std::deque<std::string>& before) {
  std::deque<std::string> names;
  size_t end = 0;
  for (size_t start = 0; start < path.size(); start = end + 1) {
    end = std::min(path.find('/', start), path.size());
    if (end > start) names.push_back(path.substr(start, end - start));
  }
  if (!path.empty() && path.back() == '/') names.push_back(".");
  before.insert(before.begin(), names.begin(), names.end());
}

UniqueFd failed(int error) {
  errno = error;
  return UniqueFd();
}

class Naming {
 public:
  Naming(int directoryFd, bool followLast, bool noSymlinks)
      : start_(directoryFd), followLast_(followLast), noSymlinks_(noSymlinks) {}

  UniqueFd name(const std::string& path) {
    if (path.empty()) return failed(ENOENT);
    if (path[0] != '/' && start_ != AT_FDCWD && isUsersProgram(start_)) return failed(kUsersProgram);
    if (!begin(path)) return UniqueFd();
    while (!names_.empty()) {
      const std::string name = names_.front();
      names_.pop_front();
      if (!step(name)) return UniqueFd();
    }
    return held_.valid() ? std::move(held_) : openPath(start_, ".", O_PATH | O_CLOEXEC, 0, 0);
  }

 private:
  int current() const { return held_.valid() ? held_.get() : start_; }

  bool begin(const std::string& path) {
    split(path, names_);
    if (path[0] == '/') held_ = openPath(AT_FDCWD, "/", O_PATH | O_CLOEXEC, 0, 0);
    if (path[0] == '/' && !held_.valid()) return false;
    Place place;
    mountId_ = current() != AT_FDCWD && look(current(), place) ? place.mountId : 0;
    return true;
  }

  bool step(const std::string& name) {
    const bool last = names_.empty();
    // A directory on the way is asked for as one: so is mounted what is mounted when it is used.
    UniqueFd next = openPath(current(), name, O_PATH | O_NOFOLLOW | O_CLOEXEC | (last ? 0 : O_DIRECTORY), 0, 0);
    if (!next.valid() && errno == ENOTDIR && !last)
      next = openPath(current(), name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0, 0);
    if (!next.valid()) return false;
    Place place;
    if (!look(next.get(), place)) return false;
    if (place.mountId != mountId_ && place.withoutDevice && isUsersProgram(next.get()))
      return errno = kUsersProgram, false;
    if (place.link && (!last || followLast_)) return follow(name, next.get());
    held_ = std::move(next);
    mountId_ = place.mountId;
    return true;
  }

  bool follow(const std::string& name, int link) {
    if (noSymlinks_ || ++links_ > kLinksMax) return errno = ELOOP, false;
    struct statfs system;
    if (fstatfs(link, &system) != 0) return false;
    // Leads to another place in there, or is a magic link, which only the kernel can tell.
    if (system.f_type == PROC_SUPER_MAGIC) {
      held_ = openPath(current(), name, O_PATH | O_CLOEXEC, 0, 0);
      return held_.valid();
    }
    char target[PATH_MAX];
    const ssize_t bytes = readlinkat(link, "", target, sizeof target);
    if (bytes < 0) return false;
    return begin(std::string(target, static_cast<size_t>(bytes)));
  }

  int start_;
  bool followLast_, noSymlinks_;
  UniqueFd held_;
  uint64_t mountId_ = 0;
  int links_ = 0;
  std::deque<std::string> names_;
};

}  // namespace

bool isUsersProgram(int fd) {
  Place place;
  return look(fd, place) && place.withoutDevice && hasFuseHandle(fd) && !rootMounted(place.mountId);
}

UniqueFd namePath(int directoryFd, const std::string& path, bool followLast, bool noSymlinks) {
  if (path.find('\0') != std::string::npos) return failed(EINVAL);
  return Naming(directoryFd, followLast, noSymlinks).name(path);
}

UniqueFd openGuarded(int directoryFd, const std::string& path, uint64_t flags, bool noSymlinks) {
  UniqueFd named = namePath(directoryFd, path, (flags & O_NOFOLLOW) == 0, noSymlinks);
  Place place;
  if (!named.valid() || !look(named.get(), place)) return UniqueFd();
  if (place.link) return failed(ELOOP);
  if (flags & O_DIRECTORY) return openPath(named.get(), ".", flags, 0, RESOLVE_NO_XDEV);
  return UniqueFd(
      open(("/proc/self/fd/" + std::to_string(named.get())).c_str(), static_cast<int>(flags & ~uint64_t{O_NOFOLLOW})));
}

}  // namespace safefs
