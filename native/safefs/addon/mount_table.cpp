// SPDX-License-Identifier: Apache-2.0
#include "mount_table.hpp"

#include <fstream>
#include <sstream>

namespace safefs {

const Mount* MountTable::find(uint64_t mountId) {
  auto found = mounts_.find(mountId);
  if (found == mounts_.end()) {
    load();
    found = mounts_.find(mountId);
  }
  return found == mounts_.end() ? nullptr : &found->second;
}

void MountTable::load() {
  mounts_.clear();
  std::ifstream file("/proc/self/mountinfo");
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    uint64_t id = 0, parent = 0;
    Mount mount;
    std::string word;
    if (!(fields >> id >> parent >> mount.device >> mount.root)) continue;
    while (fields >> word && word != "-") {}
    if (fields >> mount.type) mounts_[id] = mount;
  }
}

}  // namespace safefs
