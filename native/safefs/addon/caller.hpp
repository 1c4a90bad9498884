// SPDX-License-Identifier: Apache-2.0
// The rights of another user, on this thread alone and for one scope (clamd's SCAN opens with its caller's rights).
#pragma once

#include <sys/types.h>

#include <vector>

namespace safefs {

struct Caller {
  bool set = false;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
};

// Takes the rights when made, gives them back when it ends. Raw system calls: glibc's wrappers change every thread.
// Rights that cannot be given back end the process: a worker thread of the pool must never serve others with foreign rights.
class AsCaller {
 public:
  explicit AsCaller(const Caller& caller);
  ~AsCaller();
  AsCaller(const AsCaller&) = delete;
  AsCaller& operator=(const AsCaller&) = delete;
  int error() const { return error_; }

 private:
  void restore();
  bool taken_ = false;
  int error_ = 0;
  uid_t uid_ = 0;
  gid_t gid_ = 0;
  std::vector<gid_t> groups_;
};

}  // namespace safefs
