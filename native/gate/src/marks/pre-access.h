// SPDX-License-Identifier: Apache-2.0
// Refused files stay refused for truncate by path too, which makes no open (AC-6): a PRE_ACCESS mark on the inode,
// where kernel (6.14) and file system have it. Nothing but refused files is ever marked here, so every event but our
// own processes' is denied.
#pragma once
#include <functional>

namespace lazaret::gate {

class PreAccess {
 public:
  /** `group` -1: the kernel has none. */
  PreAccess(int group, std::function<bool(int pid)> isOwn) : group_(group), isOwn_(std::move(isOwn)) {}
  bool isAvailable() const { return group_ >= 0; }
  /** False where the file system lacks it. */
  bool refuse(int fd);
  /** Whether the file system of a directory has it; O_PATH will do. Of directories no such event is ever made. */
  bool isKnownTo(int directory) const;
  void releaseAll();
  /** What another program had read under any of these numbers. */
  void refuseRead(int descriptorsMax);
  void run();

 private:
  int group_;
  std::function<bool(int pid)> isOwn_;
};

}  // namespace lazaret::gate
