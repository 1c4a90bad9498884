// SPDX-License-Identifier: Apache-2.0
#include "vet.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include "descriptor.h"

namespace lazaret::door {

namespace {

using namespace std::string_view_literals;

// Local though the kernel shows no device of theirs. What is not here and has no device is a window of the kernel, a network's, or a program's.
constexpr std::array withoutDevice = {"tmpfs"sv, "ramfs"sv, "rootfs"sv, "btrfs"sv, "zfs"sv, "bcachefs"sv, "ubifs"sv};

struct Mount {
  std::string device;  // "major:minor"
  std::string type;
};

std::string readTable(const std::string& process) {
  const Descriptor file(open(("/proc/" + process + "/mountinfo").c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 16'384> buffer;
  for (ssize_t got; file && (got = read(file.get(), buffer.data(), buffer.size())) > 0;) text.append(buffer.data(), static_cast<size_t>(got));
  return text;
}

std::string_view nextWord(std::string_view& text) {
  const size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

/** The line of a mount in the text of a mountinfo. False where it has none. */
bool findMount(std::string_view table, unsigned long long id, Mount& mount) {
  while (!table.empty()) {
    const size_t end = std::min(table.find('\n'), table.size());
    std::string_view line = table.substr(0, end);
    table.remove_prefix(std::min(end + 1, table.size()));
    const std::string_view number = nextWord(line);
    unsigned long long own = 0;
    if (std::from_chars(number.begin(), number.end(), own).ec != std::errc() || own != id) continue;
    nextWord(line);  // its parent
    mount.device = nextWord(line);
    const size_t dash = line.find(" - ");  // spaces of paths are escaped
    if (dash == std::string_view::npos) return false;
    line.remove_prefix(dash + 3);
    mount.type = nextWord(line);
    return true;
  }
  return false;
}

bool hasDevice(const Mount& mount) { return !mount.device.starts_with("0:"); }

bool isLocal(const Mount& mount) {
  if (mount.type == "fuseblk") return false;
  return hasDevice(mount) || std::find(withoutDevice.begin(), withoutDevice.end(), mount.type) != withoutDevice.end();
}

/** An overlay that our own table shows was mounted by root. One of a user's own namespace may lie upon anything. */
bool isRootsOverlay(std::string_view ours, const Mount& mount) {
  return mount.type == "overlay" && ours.find(" " + mount.device + " ") != std::string_view::npos;
}

}  // namespace

bool isHarmless(int file, pid_t peer) {
  struct statx facts;
  if (statx(file, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_MNT_ID, &facts) != 0 || !S_ISREG(facts.stx_mode)) return false;
  if (fcntl(file, F_GET_SEALS) >= 0) return true;  // memory, also where no table shows it
  if ((facts.stx_mask & STATX_MNT_ID) == 0) return false;
  // While the descriptor is open its mount lives, and no other one gets the number.
  const std::string ours = readTable("self");
  Mount mount;
  if (!findMount(ours, facts.stx_mnt_id, mount) && !findMount(readTable(std::to_string(peer)), facts.stx_mnt_id, mount)) return false;
  return isLocal(mount) || isRootsOverlay(ours, mount);
}

}  // namespace lazaret::door
