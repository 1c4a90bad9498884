// SPDX-License-Identifier: GPL-2.0-only
#include "sandbox/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace lazaret {

// Debian 12's headers end before the network and the scopes: the kernel's own numbers.
struct RulesetAttributes {
  uint64_t files, network, scoped;
};
static constexpr uint64_t filesOfAbi1 = (1ull << 13) - 1, refer = 1ull << 13, truncateRight = 1ull << 14,
                          ioctlRight = 1ull << 15;
static constexpr uint64_t tcp = 3, scopes = 3;
static constexpr uint64_t readRights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static constexpr uint64_t writeRights = readRights | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                        LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                        LANDLOCK_ACCESS_FS_MAKE_REG | truncateRight;

int landlockAbi() {
  const long abi = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return abi > 0 ? static_cast<int>(abi) : 0;
}

bool restrictFiles(const std::vector<AllowedPlace>& places) {
  const int abi = landlockAbi();
  if (abi < 1) return false;
  RulesetAttributes attributes{filesOfAbi1, 0, 0};
  if (abi >= 2) attributes.files |= refer;
  if (abi >= 3) attributes.files |= truncateRight;
  if (abi >= 5) attributes.files |= ioctlRight;
  if (abi >= 4) attributes.network = tcp;
  if (abi >= 6) attributes.scoped = scopes;
  const size_t bytes = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
  const int ruleset = static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, bytes, 0));
  if (ruleset < 0) return false;
  bool complete = true;
  for (const AllowedPlace& place : places) {
    landlock_path_beneath_attr rule{};
    rule.parent_fd = open(place.path.c_str(), O_PATH | O_CLOEXEC);
    rule.allowed_access = (place.write ? writeRights : readRights) & attributes.files;
    if (rule.parent_fd < 0 || syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
      complete = false;
    if (rule.parent_fd >= 0) close(rule.parent_fd);
  }
  const bool inForce = complete && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  close(ruleset);
  return inForce;
}

}  // namespace lazaret
