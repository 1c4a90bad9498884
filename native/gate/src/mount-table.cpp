// SPDX-License-Identifier: Apache-2.0
#include "mount-table.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <climits>
#include <unordered_set>

#include "descriptor.h"

namespace lazaret::gate {

/** `\040` and the like: blanks, tabs, line ends and backslashes of names. */
static std::string unescape(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); at++) {
    unsigned value = 0;
    if (text[at] == '\\' && at + 3 < text.size() && std::from_chars(text.data() + at + 1, text.data() + at + 4, value, 8).ptr == text.data() + at + 4) {
      out += static_cast<char>(value);
      at += 3;
    } else out += text[at];
  }
  return out;
}

static std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> list;
  while (!line.empty()) {
    const size_t end = std::min(line.find(' '), line.size());
    list.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return list;
}

/** id parent device root mountPoint options [tags …] - type source superOptions */
static bool parseLine(std::string_view line, Mount& mount) {
  const auto fields = words(line);
  size_t dash = 6;
  while (dash < fields.size() && fields[dash] != "-") dash++;
  if (dash + 2 >= fields.size()) return false;
  std::from_chars(fields[0].data(), fields[0].data() + fields[0].size(), mount.id);
  mount.device = fields[2];
  mount.root = unescape(fields[3]);
  mount.mountPoint = unescape(fields[4]);
  mount.type = unescape(fields[dash + 1]);
  mount.source = unescape(fields[dash + 2]);
  mount.options = dash + 3 < fields.size() ? std::string(fields[dash + 3]) : "";
  return mount.id != 0;
}

std::vector<Mount> parseMountInfo(std::string_view text) {
  std::vector<Mount> mounts;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    Mount mount;
    if (parseLine(text.substr(0, end), mount)) mounts.push_back(std::move(mount));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return mounts;
}

std::string readMountInfo(int pid) {
  const Descriptor file(open(("/proc/" + std::to_string(pid) + "/mountinfo").c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  char buffer[16'384];
  for (ssize_t got; file && (got = read(file.get(), buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<size_t>(got));
  return text;
}

std::vector<std::string> mountOptions(const Mount& mount, std::string_view name) {
  std::vector<std::string> values;
  std::string_view rest = mount.options;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(','), rest.size());
    const std::string_view option = rest.substr(0, end);
    if (option.starts_with(name) && option.size() > name.size() && option[name.size()] == '=') values.push_back(unescape(option.substr(name.size() + 1)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return values;
}

/**
 * A mount namespace as a process sees it, for a table of mounts shows what lies below the process's own root and nothing beside it: the texts of two links.
 * Asked of every process each second, and to follow them makes an inode each time.
 */
static std::string sightOf(int proc, const std::string& process) {
  char space[64], root[PATH_MAX];
  const ssize_t spaceBytes = readlinkat(proc, (process + "/ns/mnt").c_str(), space, sizeof space);
  const ssize_t rootBytes = readlinkat(proc, (process + "/root").c_str(), root, sizeof root);
  if (spaceBytes <= 0 || rootBytes <= 0) return "";
  return std::string(space, static_cast<size_t>(spaceBytes)).append(root, static_cast<size_t>(rootBytes));
}

/** "mnt:[4026531841]", and what follows. */
static uint64_t inodeOf(const std::string& sight) {
  uint64_t inode = 0;
  constexpr std::string_view before = "mnt:[";
  if (sight.starts_with(before)) std::from_chars(sight.data() + before.size(), sight.data() + sight.size(), inode);
  return inode;
}

static void eachNumber(DIR* entries, const std::function<void(int number)>& visit) {
  while (const dirent* entry = entries ? readdir(entries) : nullptr) {
    int number = 0;
    const char* end = entry->d_name + std::char_traits<char>::length(entry->d_name);
    if (std::from_chars(entry->d_name, end, number).ptr == end && number > 0) visit(number);
  }
  if (entries) closedir(entries);
}

/** Two links of a directory are its own; each thread is one more. */
static void eachOtherThread(int proc, int pid, const std::function<void(int number)>& visit) {
  const std::string tasks = std::to_string(pid) + "/task";
  struct stat facts;
  if (fstatat(proc, tasks.c_str(), &facts, 0) != 0 || facts.st_nlink <= 3) return;
  const int fd = openat(proc, tasks.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  DIR* entries = fdopendir(fd);
  if (!entries) close(fd);
  eachNumber(entries, [&](int number) {
    if (number != pid) visit(number);
  });
}

std::vector<Namespace> findNamespaces(const std::function<bool(int pid)>& leaveOut) {
  DIR* processes = opendir("/proc");
  if (!processes) return {};
  const int proc = dirfd(processes);
  const std::string own = sightOf(proc, "self");
  std::vector<Namespace> found{{inodeOf(own), getpid()}};
  std::unordered_set<std::string> known{own, ""};
  eachNumber(processes, [&](int pid) {
    const auto consider = [&](int number) {
      std::string sight = sightOf(proc, std::to_string(number));
      if (known.contains(sight) || leaveOut(pid)) return;
      found.push_back({inodeOf(sight), number});
      known.insert(std::move(sight));
    };
    consider(pid);
    eachOtherThread(proc, pid, consider);
  });
  return found;
}

}  // namespace lazaret::gate
