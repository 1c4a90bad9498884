// SPDX-License-Identifier: Apache-2.0
#include "telling/statistics.h"

#include <algorithm>
#include <vector>

#include "rules/bytes-text.h"

namespace lazaret::gate {

using nlohmann::json;

void TopCosts::add(const std::string& name, uint64_t microseconds) {
  const std::lock_guard lock(mutex_);
  if (rows_.size() >= rowsMax && !rows_.contains(name)) {
    // Halve by cost: a few dear ones are wanted, not a true count of all.
    std::vector<uint64_t> costs;
    for (const auto& [_, row] : rows_) costs.push_back(row.microseconds);
    std::nth_element(costs.begin(), costs.begin() + rowsMax / 2, costs.end());
    std::erase_if(rows_,
                  [middle = costs[rowsMax / 2]](const auto& entry) { return entry.second.microseconds <= middle; });
  }
  Row& row = rows_[name];
  row.scans++;
  row.microseconds += microseconds;
}

/** As JSON: what a user may choose, as a path, must not make the answer too long for its packet. */
static constexpr size_t topBytesMax = 40 << 10;

json TopCosts::top(size_t count, const char* label) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, Row>> rows(rows_.begin(), rows_.end());
  std::sort(rows.begin(), rows.end(),
            [](const auto& left, const auto& right) { return left.second.microseconds > right.second.microseconds; });
  json list = json::array();
  size_t bytesLeft = topBytesMax;
  for (size_t index = 0; index < std::min(count, rows.size()); index++) {
    const auto& [name, row] = rows[index];
    json one = {
        {label, bytesText(name)}, {"scans", row.scans}, {"scanMs", static_cast<double>(row.microseconds) / 1000}};
    const size_t bytes = one.dump(-1, ' ', false, json::error_handler_t::replace).size();
    if (bytes > bytesLeft) continue;
    bytesLeft -= bytes;
    list.push_back(std::move(one));
  }
  return list;
}

void ExceptionHits::add(std::string_view decidedBy) {
  const std::lock_guard lock(mutex_);
  const auto known = hits_.find(decidedBy);
  if (known == hits_.end()) hits_.emplace(decidedBy, 1);
  else known->second++;
}

void ExceptionHits::clear() {
  const std::lock_guard lock(mutex_);
  hits_.clear();
}

json ExceptionHits::top(size_t count) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, uint64_t>> rows(hits_.begin(), hits_.end());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& left, const auto& right) { return left.second > right.second; });
  json list = json::array();
  for (size_t index = 0; index < std::min(count, rows.size()); index++)
    list.push_back({{"decidedBy", rows[index].first}, {"hits", rows[index].second}});
  return list;
}

json statisticsJson(const Statistics& statistics) {
  const Counters& c = statistics.counters;
  return {
      {"type", "stats"},
      {"opens", c.opens.load()},
      {"own", c.own.load()},
      {"cacheHits", c.cacheHits.load()},
      {"refusals", c.refusals.load()},
      {"outOfScope", c.outOfScope.load()},
      {"misses", c.misses.load()},
      {"ignoreMarks", c.ignoreMarks.load()},
      {"detections", c.detections.load()},
      {"backgroundScans", c.backgroundScans.load()},
      {"scanMs", static_cast<double>(c.scanMicroseconds.load()) / 1000},
      {"overload", c.letThroughOverload.load()},
      {"overloadRefused", c.overloadRefused.load()},
      {"notifyOverflows", c.notifyOverflows.load()},
      {"letThrough",
       {{"deadline", c.letThroughDeadline.load()},
        {"overload", c.letThroughOverload.load()},
        {"gate-died", c.letThroughGateDied.load()},
        {"scanner-down", c.letThroughScannerDown.load()},
        {"not-ready", c.letThroughNotReady.load()}}},
      {"exceptions", statistics.exceptions.top(100)},
      {"top", {{"processes", statistics.programs.top(20, "executable")}, {"paths", statistics.paths.top(20, "path")}}}};
}

}  // namespace lazaret::gate
