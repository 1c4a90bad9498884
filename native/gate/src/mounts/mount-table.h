// SPDX-License-Identifier: Apache-2.0
// The text of a mount table, as /proc/PID/mountinfo shows it. Whoever may mount chooses what stands there. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lazaret::gate {

struct Mount {
  uint64_t id = 0;
  std::string device;      // "8:1"
  std::string root;        // of the file system, what is mounted
  std::string mountPoint;  // in its own namespace
  std::string type;
  std::string source;
  std::string options;  // of the file system: an overlay's layers stand there
};

/** Lines that are none are left out. */
std::vector<Mount> parseMountInfo(std::string_view text);

/** The values of `name=` in a mount's options, unescaped. */
std::vector<std::string> mountOptions(const Mount& mount, std::string_view name);

}  // namespace lazaret::gate
