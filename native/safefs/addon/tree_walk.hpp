// SPDX-License-Identifier: Apache-2.0
// The tree walk itself, without JavaScript: pre-order, names bytewise in each directory, so the order is the same each time
// and a cursor (the last path seen) is enough to go on. Owns its directory descriptors (at most descriptorsMax) and closes
// them; follows no link; enters another mount only where the options name it, and each (device, root) once.
#pragma once

#include <atomic>
#include <set>
#include <string>
#include <vector>

#include "descriptor.hpp"
#include "directory_names.hpp"
#include "mount_table.hpp"
#include "record.hpp"

namespace safefs {

struct WalkOptions {
  std::string root;
  bool hasCursor = false;
  std::string cursor;  // everything up to and including this path is left out
  std::vector<std::string> prune;
  std::vector<std::string> crossTypes;
  std::vector<uint64_t> crossMounts;
  bool subdirectories = true;
  size_t directoryNameBytesMax = 8 * 1024 * 1024;  // names of one directory held at a time; more take more passes
  size_t nameBytesMax = 64 * 1024 * 1024;          // names of all directories on the way down
};

// The other limits of the walk.
constexpr size_t kBatchEntriesMax = 256;
constexpr size_t kBatchPathBytesMax = 1024 * 1024;
constexpr size_t kPathBytesMax = 64 * 1024;
constexpr size_t kDescriptorsMax = 32;
inline const std::string kSlash = "/";

class TreeWalk {
 public:
  explicit TreeWalk(WalkOptions options);
  // Fills the batch; false when there is nothing left.
  bool fill(Batch& batch);
  void cancel() { cancelled_ = true; }

 private:
  struct Frame {
    UniqueFd fd;
    uint64_t device = 0, inode = 0, mountId = 0;
    size_t pathLength = 0;
    DirectoryNames names;
    size_t next = 0;
    std::string last;
    bool inclusive = false;  // `last` itself is wanted: it is a directory on the way to the cursor
  };

  void start(Batch& batch);
  void step(Batch& batch);
  void visit(Batch& batch, const char* name, bool silent);
  bool cross(Batch& batch, const char* name, const Record& record, bool silent);
  void enter(Batch& batch, int parentFd, const char* name, Record record, bool silent);
  void push(UniqueFd fd, const Record& record);
  void pop(Batch& batch);
  bool reopen(size_t index, int childFd);
  int refill(Frame& frame);
  void forget(Frame& frame);
  void emit(Batch& batch, const Record& record, const std::string& extra = std::string());
  void emitError(Batch& batch, int error);

  WalkOptions options_;
  std::vector<std::string> cursorNames_;  // names below the root that lead to the cursor
  std::vector<Frame> frames_;
  std::string path_;
  MountTable mounts_;
  std::set<std::pair<std::string, std::string>> entered_;
  bool started_ = false;
  bool onCursor_ = false;
  size_t nameBytes_ = 0;
  std::atomic<bool> cancelled_{false};
};

}  // namespace safefs
