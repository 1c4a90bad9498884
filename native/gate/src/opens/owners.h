// SPDX-License-Identifier: Apache-2.0
// Who shares what with whom (ADR 15). An owner is the host's number of a user, by which the kernel knows it whatever a
// user namespace calls it. A user's subordinate numbers (/etc/subuid) are that user, else one had 65,536 shares. Root
// is each of its control groups: a service or a container of root's that opens without end is not all of root's.
#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace lazaret::gate {

/** Low half: the user's number; high half: of root, its control group. */
using OwnerId = uint64_t;

inline uint32_t userOf(OwnerId owner) { return static_cast<uint32_t>(owner); }

class Owners {
 public:
  /** By its real number: who starts a program with another's rights is still who starts it. */
  OwnerId ofProcess(int pid);
  OwnerId ofUser(uint32_t uid);
  /**
   * Reads whose numbers are whose, again and again. For a thread of its own: the files may lie where opens wait for us,
   * and who answers opens would wait for itself. Until the first look a subordinate number is a user of its own.
   */
  void run();

 private:
  struct Range {
    uint64_t first, count;
    uint32_t owner;
  };
  static std::vector<Range> readRanges();

  std::mutex mutex_;  // held for a look alone, never over a read
  std::vector<Range> ranges_;
};

}  // namespace lazaret::gate
