// SPDX-License-Identifier: GPL-2.0-only
// What one scan found and what it could not look at. Pure: no I/O, no engine.
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/limits.h"

namespace lazaret {

using LayerPath = std::vector<std::string>;  // member names from the outside in, without the outer file

enum class Reason : uint8_t {
  encrypted,
  password,
  corrupted,
  unsupportedCompression,
  layers,
  size,
  engineLimit,
  structureAmbiguous,
  engineFailure,
  time,
  unreadable,
  special,
  changed,
};
std::string_view reasonName(Reason reason);

struct Threat {
  std::string name;
  bool yara;
  LayerPath layers;
};

struct UnscannedRow {
  Reason reason;
  LayerPath layers;
  int64_t bytes;  // -1: not known
};

class Ledger {
 public:
  // Of places: from here on the first of each name alone is kept.
  bool full() const { return threats_.size() >= limits::threatsMax; }
  void addThreat(std::string_view name, bool yara, const LayerPath& layers);
  // One listed leaf that was not looked at: a row of its own, and one more in `all`.
  void addUnscanned(Reason reason, const LayerPath& layers, int64_t bytes);
  // The outer file itself, which counts 1 already: one row at most, its first reason.
  void addOuterUnscanned(Reason reason, int64_t bytes);
  void addLookedAt(uint64_t leaves = 1) { membersLookedAt_ += leaves; }
  bool hasRow(const LayerPath& layers) const;
  bool hasReasonAt(Reason reason, const LayerPath& layers) const;
  // A row for this reason at this place or inside it. The two kinds of encryption are one here.
  bool hasReasonUnder(Reason reason, const LayerPath& layers) const;
  // Hits of one pattern on a container and on its member are one threat: the deepest place names it.
  void finish();

  const std::vector<Threat>& threats() const { return threats_; }
  const std::vector<UnscannedRow>& rows() const { return rows_; }
  uint64_t lookedAt() const { return membersLookedAt_ + (outerHasRow_ ? 0 : 1); }
  uint64_t all() const { return membersLookedAt_ + rows_.size() + (outerHasRow_ ? 0 : 1); }

 private:
  std::vector<Threat> threats_;
  std::vector<UnscannedRow> rows_;
  uint64_t membersLookedAt_ = 0;
  bool outerHasRow_ = false;
  // The same again, to be asked: a list of a million rows is not gone through for each.
  std::set<std::tuple<LayerPath, std::string, bool>> threatsKnown_;
  std::set<std::pair<std::string, bool>> namesKnown_;
  std::set<LayerPath> rowPaths_;
  std::map<Reason, std::set<LayerPath>> rowPathsByReason_;
  void addRow(Reason reason, LayerPath layers, int64_t bytes);
};

}  // namespace lazaret
