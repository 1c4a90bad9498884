// SPDX-License-Identifier: Apache-2.0
// What the gate counts (`lazaret realtime stats`). Counters are for people: relaxed, and never read by a decision.
#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

namespace lazaret::gate {

struct Counters {
  std::atomic<uint64_t> opens{0}, own{0}, cacheHits{0}, refusals{0}, outOfScope{0}, misses{0}, ignoreMarks{0},
      detections{0}, backgroundScans{0}, scanMicroseconds{0};
  std::atomic<uint64_t> letThroughDeadline{0}, letThroughOverload{0}, letThroughGateDied{0}, letThroughScannerDown{0},
      letThroughNotReady{0}, letThroughLost{0}, notifyOverflows{0}, overloadRefused{0};
};

/** The dearest programs and paths: a bounded table whose cheapest row makes room. */
class TopCosts {
 public:
  void add(const std::string& name, uint64_t microseconds);
  nlohmann::json top(size_t count, const char* label) const;

 private:
  static constexpr size_t rowsMax = 512;
  struct Row {
    uint64_t scans = 0, microseconds = 0;
  };
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Row> rows_;
};

/** EX-2h: how often each exception held, by its place in the policy, since the rules were last told. */
class ExceptionHits {
 public:
  void add(std::string_view decidedBy);
  void clear();
  /** The most used first. */
  nlohmann::json top(size_t count) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, uint64_t, std::less<>> hits_;
};

struct Statistics {
  Counters counters;
  TopCosts programs, paths;
  ExceptionHits exceptions;
};

nlohmann::json statisticsJson(const Statistics& statistics);

}  // namespace lazaret::gate
