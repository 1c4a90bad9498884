// SPDX-License-Identifier: GPL-2.0-only
#include "sandbox/sandbox-user.h"

#include <dirent.h>
#include <grp.h>
#include <pwd.h>

#include <cstdio>
#include <fstream>
#include <set>
#include <string>

namespace lazaret {

// Neither Debian nor systemd gives these to anybody; they lie between systemd's home users and its dynamic ones.
static constexpr uid_t firstUnused = 60578, lastUnused = 61183;
static constexpr uid_t nobody = 65534;

// The four numbers of a line "Uid:" or "Gid:" of /proc/<pid>/status.
static void addNumbers(const std::string& line, std::set<uid_t>& numbers) {
  unsigned real, effective, saved, files;
  if (std::sscanf(line.c_str() + 4, "%u %u %u %u", &real, &effective, &saved, &files) == 4)
    numbers.insert({real, effective, saved, files});
}

static std::set<uid_t> numbersOfProcesses() {
  std::set<uid_t> numbers;
  DIR* processes = opendir("/proc");
  while (const dirent* entry = processes ? readdir(processes) : nullptr) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    std::ifstream status(std::string("/proc/") + entry->d_name + "/status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("Uid:") || line.starts_with("Gid:")) addNumbers(line, numbers);
  }
  if (processes) closedir(processes);
  return numbers;
}

static std::optional<SandboxUser> findUnused() {
  const std::set<uid_t> inUse = numbersOfProcesses();
  if (inUse.empty()) return std::nullopt;  // /proc is not to be read: then nothing is known to be unused
  for (uid_t number = firstUnused; number <= lastUnused; number++)
    if (!inUse.contains(number) && !getpwuid(number) && !getgrgid(number)) return SandboxUser{number, number};
  return std::nullopt;
}

std::optional<SandboxUser> findSandboxUser() {
  const passwd* entry = getpwnam("lazaret-scanner");
  if (!entry) return findUnused();
  if (entry->pw_uid == 0 || entry->pw_uid == nobody || entry->pw_gid == 0 || entry->pw_gid == nobody)
    return findUnused();
  return SandboxUser{entry->pw_uid, entry->pw_gid};
}

}  // namespace lazaret
