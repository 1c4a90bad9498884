// SPDX-License-Identifier: Apache-2.0
// /proc/self/mountinfo by mount id: which type, which device, which root a mount shows. Re-read when an unknown id turns up.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace safefs {

struct Mount {
  std::string device;  // "major:minor"
  std::string root;    // path inside the file system, as the kernel escapes it
  std::string type;
};

class MountTable {
 public:
  // nullptr when the id is not in this process's mount namespace.
  const Mount* find(uint64_t mountId);

 private:
  void load();
  std::map<uint64_t, Mount> mounts_;
};

}  // namespace safefs
