// SPDX-License-Identifier: Apache-2.0
// Opens that the kernel does not even tell us (RT-10): an ignore mark on the inode of a clean file that is opened again
// and again. Only where no ordinary user can write the file, for a store through a mapping takes no mark away; write
// and truncate do, and close after write and a change of rights do here – so only where the second group is told of
// these.
#pragma once
#include "opens/file-key.h"
#include "telling/statistics.h"

namespace lazaret::gate {

class IgnoreMarks {
 public:
  /** -1: there is no such group. */
  IgnoreMarks(int group, int notifyGroup, Counters& counters)
      : group_(group), notifyGroup_(notifyGroup), counters_(counters) {}
  /** Of an open descriptor whose verdict is clean. Does nothing where it may not be set. */
  void consider(int fd, const FileKey& key);
  /** `name`: of the file, links are followed. */
  void removeByName(const char* name);
  /** All of them: a verdict is void. */
  void removeAll();

 private:
  void remove(int directory, const char* name);

  int group_;
  int notifyGroup_;
  Counters& counters_;
};

}  // namespace lazaret::gate
