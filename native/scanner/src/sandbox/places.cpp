// SPDX-License-Identifier: GPL-2.0-only
#include "sandbox/places.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "base/limits.h"

namespace lazaret {

static constexpr int asFolder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

Descriptor openPrivateFolder(const std::string& path, std::string& error) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    error = path + ": " + std::strerror(errno);
    return {};
  }
  Descriptor folder(open(path.c_str(), asFolder));
  struct stat state;
  if (folder && fstat(folder.get(), &state) == 0 && state.st_uid == geteuid() && (state.st_mode & 0777) == 0700)
    return folder;
  error =
      path + ": this folder must belong to the user of the scan process, must have mode 0700, and must not be a link";
  return {};
}

static std::vector<std::string> namesIn(int folder) {
  std::vector<std::string> names;
  const int copy = openat(folder, ".", asFolder);
  DIR* open = copy >= 0 ? fdopendir(copy) : nullptr;
  while (const dirent* entry = open ? readdir(open) : nullptr)
    if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0)
      names.emplace_back(entry->d_name);
  if (open) closedir(open);
  return names;
}

static void emptyBelow(int folder, dev_t device, size_t depth) {
  for (const std::string& name : namesIn(folder)) {
    if (unlinkat(folder, name.c_str(), 0) == 0 || depth >= limits::placeDepthMax) continue;
    const Descriptor inner(openat(folder, name.c_str(), asFolder));
    struct stat state;
    if (!inner || fstat(inner.get(), &state) != 0 || state.st_dev != device) continue;
    emptyBelow(inner.get(), device, depth + 1);
    unlinkat(folder, name.c_str(), AT_REMOVEDIR);
  }
}

void emptyFolder(int folder) {
  struct stat state;
  if (fstat(folder, &state) == 0) emptyBelow(folder, state.st_dev, 0);
}

void removeFolder(int parent, const std::string& name) {
  const Descriptor folder(openat(parent, name.c_str(), asFolder));
  if (!folder) return;
  emptyFolder(folder.get());
  unlinkat(parent, name.c_str(), AT_REMOVEDIR);
}

bool enterOwnPlace(int places, unsigned slots, const uid_t* user, gid_t group) {
  const std::string name = std::to_string(getpid());
  removeFolder(places, name);  // of a process that had our number
  if (mkdirat(places, name.c_str(), 0700) != 0) return false;
  const Descriptor own(openat(places, name.c_str(), asFolder));
  if (!own) return false;
  for (unsigned slot = 0; slot < slots; slot++) {
    const std::string place = std::to_string(slot);
    if (mkdirat(own.get(), place.c_str(), 0700) != 0) return false;
    if (user && fchownat(own.get(), place.c_str(), *user, group, AT_SYMLINK_NOFOLLOW) != 0) return false;
  }
  // Last: until here nobody but us could put anything into it.
  if (user && fchown(own.get(), *user, group) != 0) return false;
  return fchdir(own.get()) == 0;
}

}  // namespace lazaret
