// SPDX-License-Identifier: Apache-2.0
#include "vet.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "mount-table.h"

namespace lazaret::door {

namespace {

using namespace std::string_view_literals;

// Local though the kernel shows no device of theirs. What is not here and has no device is a window of the kernel, a
// network's, or a program's.
constexpr std::array withoutDevice = {"tmpfs"sv, "ramfs"sv, "rootfs"sv, "btrfs"sv, "zfs"sv, "bcachefs"sv, "ubifs"sv};

bool hasDevice(const Mount& mount) { return !mount.device.starts_with("0:"); }

bool isLocal(const Mount& mount) {
  if (mount.type == "fuseblk") return false;
  return hasDevice(mount) || std::find(withoutDevice.begin(), withoutDevice.end(), mount.type) != withoutDevice.end();
}

/** An overlay that our own table shows was mounted by root. One of a user's own namespace may lie upon anything. */
bool isRootsOverlay(int ours, const Mount& mount) { return mount.type == "overlay" && hasMountOf(ours, mount.device); }

}  // namespace

bool isHarmless(int file, const Tables& tables) {
  struct statx facts;
  if (statx(file, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_MNT_ID, &facts) != 0 ||
      !S_ISREG(facts.stx_mode))
    return false;
  if (fcntl(file, F_GET_SEALS) >= 0) return true;  // memory, also where no table shows it
  if ((facts.stx_mask & STATX_MNT_ID) == 0) return false;
  // While the descriptor is open its mount lives, and no other one gets the number.
  Mount mount;
  if (!findMount(tables.ours, facts.stx_mnt_id, mount) && !findMount(tables.peers, facts.stx_mnt_id, mount))
    return false;
  return isLocal(mount) || isRootsOverlay(tables.ours, mount);
}

}  // namespace lazaret::door
