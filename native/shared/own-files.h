// SPDX-License-Identifier: Apache-2.0
// What a gate opens before it reads its first event: its program, the libraries, its last configuration. Where they lie
// on a watched file system nobody would answer these opens, and no gate would ever come to life. So the kernel is told
// not to ask, by their inodes and anew before each start: what an upgrade of the system has put there since has inodes
// of its own. Root alone writes them, and a mark goes when its file is written.
#pragma once
#include <fcntl.h>
#include <link.h>
#include <sys/fanotify.h>

#include <string>
#include <vector>

namespace lazaret {

/** Whoever calls is linked with the same libraries as the gate. */
inline std::vector<std::string> ownFiles(const std::string& program, const std::string& runDirectory) {
  std::vector<std::string> paths = {program, runDirectory + "/gate.json", "/etc/ld.so.cache", "/etc/ld.so.preload"};
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* list) {
        if (info->dlpi_name && info->dlpi_name[0] == '/')
          static_cast<std::vector<std::string>*>(list)->emplace_back(info->dlpi_name);
        return 0;
      },
      &paths);
  return paths;
}

inline void letOwnFilesPass(int group, const std::string& program, const std::string& runDirectory) {
  for (const std::string& path : ownFiles(program, runDirectory))
    fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_IGNORED_MASK, FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM, AT_FDCWD,
                  path.c_str());
}

}  // namespace lazaret
