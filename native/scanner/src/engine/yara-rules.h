// SPDX-License-Identifier: GPL-2.0-only
// YARA rules beside ClamAV patterns. Owns the compiled rules (loader, shared by fork) and one scanner per worker.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

struct YR_RULES;
struct YR_SCAN_CONTEXT;

namespace lazaret {

class YaraRules {
 public:
  // Compiles every *.yar and *.yara of the directory. Errors (file:line: message) mean that nothing is in force.
  std::vector<std::string> loadDirectory(const std::string& directory);
  size_t count() const { return count_; }
  // Calls `found` with the threat name of each rule that matches. False: the rules ran out of time or failed.
  bool scan(Bytes bytes, uint32_t timeoutMs, const std::function<void(std::string_view)>& found);

 private:
  YR_RULES* rules_ = nullptr;
  YR_SCAN_CONTEXT* scanner_ = nullptr;
  size_t count_ = 0;
};

}  // namespace lazaret
