// SPDX-License-Identifier: Apache-2.0
// The table's records of opens that were answered without a verdict (RT-9b): written before the answer, gone when the
// agent says that it has followed them up. They outlive this process: what it leaves, the next gate tells.
#pragma once
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "shared/open-table.h"

namespace lazaret::gate {

class LetThroughLog {
 public:
  explicit LetThroughLog(Table& table) : table_(table) {}
  /** Of an open that still waits. Its number, from 1 on. */
  uint64_t write(LetThroughCause cause, Slot& slot, const nlohmann::json& opener, bool allowed);
  void done(uint64_t number);
  struct Waiting {
    size_t ofUser = 0, ofUsers = 0;
  };
  /** Opens that were let through at their deadline and are not followed up yet: of this user, of all but root. */
  Waiting waitingOf(uint32_t user);
  /** A UUID, the same whoever tells of it. */
  std::string nameOf(uint64_t number) const;
  /** All that are not done, of former gates. How many fell out of the ring. */
  uint64_t each(const std::function<void(const LetThrough& record, uint64_t number)>& tell);

 private:
  Table& table_;
  std::mutex mutex_;
  std::set<uint64_t> doneBeyond_;  // done, though one before them is not
};

}  // namespace lazaret::gate
