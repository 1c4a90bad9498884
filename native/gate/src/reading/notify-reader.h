// SPDX-License-Identifier: Apache-2.0
// Close after write, rename and hard link into scope (RT-1): scanned at once, when nobody waits, so that the next open
// is a hit. Events bear handles, not descriptors. When too much comes the kernel drops: then the agent is told from
// when on, and walks what has changed.
#pragma once
#include <functional>
#include <optional>

#include "judging/judging.h"
#include "reading/gaps.h"
#include "mounts/mount-keeper.h"
#include "reading/written-files.h"

namespace lazaret::gate {

class NotifyReader {
 public:
  struct Parts {
    int group;
    Judging& judging;
    VerdictCache& cache;
    IgnoreMarks& ignoreMarks;
    const MountKeeper& mounts;
    const ConfigurationKeeper& rules;
    Gaps& gaps;
    Statistics& statistics;
    std::function<bool(int pid)> isOwn;
    Owners& owners;
  };
  explicit NotifyReader(Parts parts) : parts_(std::move(parts)) {}
  void run();

 private:
  void handle(const struct fanotify_event_metadata& event);
  std::optional<OwnerId> look(Descriptor path, uint64_t mask, std::optional<int> pid);
  void offerHeld();
  void overflowed();

  Parts parts_;
  WrittenFiles held_;
  uint64_t emptyAtMs_ = 0;  // Unix time when the queue was last seen empty
};

}  // namespace lazaret::gate
