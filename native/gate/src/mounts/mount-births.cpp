// SPDX-License-Identifier: Apache-2.0
#include "mounts/mount-births.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

#include "shared/descriptor.h"

namespace lazaret::gate {

// Newer than Debian 12's headers.
static constexpr unsigned uniqueMountId = 0x4000;

/** Of a copy of our root's mount that hangs nowhere. 0: this kernel has none. */
static uint64_t nextMountId() {
  const Descriptor copy(static_cast<int>(syscall(SYS_open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
  struct statx facts;
  std::memset(&facts, 0, sizeof facts);
  if (!copy || syscall(SYS_statx, copy.get(), "", AT_EMPTY_PATH, uniqueMountId, &facts) != 0 ||
      !(facts.stx_mask & uniqueMountId))
    return 0;
  return facts.stx_mnt_id;
}

bool MountBirths::any() {
  const uint64_t id = nextMountId();
  const bool quiet = id != 0 && id == last_ + 1;
  last_ = id;
  return !quiet;
}

}  // namespace lazaret::gate
