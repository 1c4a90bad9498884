// SPDX-License-Identifier: Apache-2.0
// Opens that the kernel does not even tell us (RT-10): an ignore mark on the inode of a clean file that is opened again and again. Only where no
// ordinary user can write the file, for a store through a mapping takes no mark away; write and truncate do, and close after write does here.
#pragma once
#include "file-key.h"
#include "statistics.h"

namespace lazaret::gate {

class IgnoreMarks {
 public:
  IgnoreMarks(int group, Counters& counters) : group_(group), counters_(counters) {}
  /** Of an open descriptor whose verdict is clean. Does nothing where it may not be set. */
  void consider(int fd, const FileKey& key);
  /** `name`: of the file, links are followed. */
  void removeByName(const char* name);
  /** All of them: a verdict is void. */
  void removeAll();

 private:
  int group_;
  Counters& counters_;
};

}  // namespace lazaret::gate
